// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Signals of target code. See crash.h.
#include "run/crash.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#include "core/engine.h"
#include "core/internal.h"
#include "core/layout.h"

namespace hotweave {
namespace {

constexpr size_t kSignalStack = 256 << 10;

uint64_t watchdog_steps = ~uint64_t{0};
int watchdog_ticks = 0;

bool InGuardPage(uintptr_t address) {
  const Layout& l = GetLayout();
  if (l.RegionOf(address) != Region::Stack) return false;
  const auto task = static_cast<uint32_t>((address - l.stacks) / kStackSize);
  return address < l.StackBegin(task);
}

Kind Classify(int signal, uintptr_t address) {
  if (signal == SIGFPE) return Kind::DivideError;
  if (signal == SIGILL) return Kind::Assertion;   // __builtin_trap() and friends
  if (InGuardPage(address)) return Kind::StackOverflow;
  return address < (64 << 10) ? Kind::NullDeref : Kind::WildAccess;
}

const char* Sentence(Kind kind) {
  switch (kind) {
    case Kind::DivideError: return " divides by zero, or the quotient does not fit";
    case Kind::StackOverflow: return " runs off its stack";
    case Kind::NullDeref: return " dereferences a null pointer";
    case Kind::Livelock: return " loops without ever reaching a scheduling point";
    case Kind::Assertion: return " executes an illegal instruction";
    default: return " accesses an address that belongs to nothing";
  }
}

// `pc`: where the target was, or 0 if the frames say it.
[[noreturn]] void FailHere(Kind kind, const ucontext_t* context, uintptr_t pc) {
  Failure f;
  f.kind = kind;
  f.sentence = std::string(hot.task->comm) + Sentence(kind);
  // The frame pointer at the fault: target code keeps it.
  hot.task->frame = reinterpret_cast<void*>(context->uc_mcontext.gregs[REG_RBP]);
  std::vector<uint64_t> stack = engine.StackFrom(*hot.task, hot.task->frame);
  if (pc) stack.insert(stack.begin(), pc + 1);
  f.sites.push_back({"here", hot.task->index, ~0u, std::move(stack)});
  engine.Fail(std::move(f));
}

// Where a call that has not set up its frame came from, if that is target code; else 0.
uintptr_t ReturnAddress(const ucontext_t* context) {
  const auto sp = static_cast<uintptr_t>(context->uc_mcontext.gregs[REG_RSP]);
  const Layout& l = GetLayout();
  if (sp < l.StackBegin(hot.task->index) || sp + sizeof(uintptr_t) > l.StackEnd(hot.task->index)) return 0;
  const uintptr_t caller = *reinterpret_cast<const uintptr_t*>(sp);
  return l.IsTargetCode(caller) ? caller - 1 : 0;
}

struct sigaction previous[NSIG];

void OnFault(int signal, siginfo_t* info, void* raw) {
  const auto* context = static_cast<const ucontext_t*>(raw);
  const auto pc = static_cast<uintptr_t>(context->uc_mcontext.gregs[REG_RIP]);
  const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  const bool overflow = (signal == SIGSEGV || signal == SIGBUS) && InGuardPage(address);
  if (engine.running() && (GetLayout().IsTargetCode(pc) || overflow)) {
    // The overflow may come in a callback of the engine: its caller is the place.
    FailHere(Classify(signal, address), context, GetLayout().IsTargetCode(pc) ? pc : 0);
  }
  // In the C library, copying for the target.
  if (engine.running() && hot.copying) FailHere(Classify(signal, address), context, 0);
  // A call through a pointer to nowhere: the fault is the fetch itself. Its caller is the target, or a
  // primitive that calls the target back.
  if (engine.running() && signal == SIGSEGV && pc == address) {
    FailHere(Classify(signal, address), context, ReturnAddress(context));
  }
  // Not the target's: whoever was here before (AddressSanitizer, libFuzzer) knows better than we do.
  const struct sigaction& old = previous[signal];
  if (old.sa_flags & SA_SIGINFO && old.sa_sigaction) {
    old.sa_sigaction(signal, info, raw);
    return;
  }
  InternalError("a fault in the engine itself");
}

void OnTick(int, siginfo_t*, void* raw) {
  if (!engine.running()) {
    watchdog_ticks = 0;
    return;
  }
  const uint64_t steps = engine.Steps() ^ engine.clock_base() << 32;
  if (steps != watchdog_steps) {
    watchdog_steps = steps;
    watchdog_ticks = 0;
    return;
  }
  const auto* context = static_cast<const ucontext_t*>(raw);
  if (++watchdog_ticks < kWatchdogSeconds) return;
  if (GetLayout().IsTargetCode(static_cast<uintptr_t>(context->uc_mcontext.gregs[REG_RIP]))) {
    FailHere(Kind::Livelock, context, static_cast<uintptr_t>(context->uc_mcontext.gregs[REG_RIP]));
  }
}

void Install(int signal, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action = {};
  action.sa_sigaction = handler;
  // NODEFER: the handler leaves by switching to the controller, so nobody would unblock the signal.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | (signal == SIGVTALRM ? SA_RESTART : 0);
  struct sigaction old = {};
  sigaction(signal, nullptr, &old);
  if ((old.sa_flags & SA_SIGINFO) && old.sa_sigaction == handler) return;
  previous[signal] = old;
  sigaction(signal, &action, nullptr);
}

}  // namespace

CrashGuard::CrashGuard() {
  static bool installed = false;
  if (installed) return;
  installed = true;
  stack_t stack = {};
  stack.ss_sp = mmap(nullptr, kSignalStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  stack.ss_size = kSignalStack;
  HW_CHECK(stack.ss_sp != MAP_FAILED);
  HW_CHECK(sigaltstack(&stack, nullptr) == 0);
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) Install(signal, OnFault);
  Install(SIGVTALRM, OnTick);
  const itimerval second = {{1, 0}, {1, 0}};
  setitimer(ITIMER_VIRTUAL, &second, nullptr);
}

}  // namespace hotweave
