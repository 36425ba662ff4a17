# SPDX-License-Identifier: GPL-2.0-only OR MIT
# Commands for gdb in a program of hotweave: docs/gdb.md. `replay --gdb` prints the command line that loads this file.
# It knows by name: hotweave::engine (its tasks), hotweave::hot.task, the two functions of runtime/core/debugger.h, and how
# Boost.Context's jump_fcontext leaves registers on the stack of a task that was switched away from (x86-64).
import re

import gdb

STOPS = ("hotweave_stop_preemption", "hotweave_stop_finding")
# What is at the saved context, from its first byte on: 8 bytes of MXCSR and x87 control word, then these.
SAVED = ("r12", "r13", "r14", "r15", "rbx", "rbp", "rip")
# Files of the engine: their frames are passed over to find the code under test.
ENGINE = re.compile(r"(^|/)runtime/(core|memory|check|kernel|strategy|run|include)/|/hotweave/include/|/boost/|^/usr/")
MOST_FRAMES = 30   # shown at a stop

# Files are named from the build folder, which is two below the source tree.
UP = re.compile(r"^(\./)?(\.\./)*")


def text(pointer):
    return pointer.string() if int(pointer) else ""


def tasks():
    if not gdb.selected_inferior().pid:
        raise gdb.GdbError("the program does not run: hotweave start")
    engine = gdb.parse_and_eval("hotweave::engine")
    return [engine["tasks"][i] for i in range(int(engine["task_count"]))]


def name_of(task):
    return text(task["name"]["_M_dataplus"]["_M_p"]) or task["comm"].string()


def current():
    return gdb.parse_and_eval("hotweave::hot.task")


def is_current(task):
    return int(task.address) == int(current())


def task_by_name(name):
    known = [t for t in tasks() if not t["is_clock"]]
    for task in known:
        if name_of(task) == name:
            return task
    raise gdb.GdbError("no task \"%s\"; there are: %s" % (name, ", ".join(name_of(t) for t in known)))


def lower(name):
    """MutexLock as a schedule spells it: mutex_lock."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def waits_for(task):
    wait = task["wait"]
    if str(wait["op"]).endswith("::kCount"):
        return "sleeps" if started(task) else "has not been started"
    operation = lower(str(wait["op"]).split("::")[-1])
    what = text(wait["name"])
    if int(wait["on"]):
        return "waits for the end of " + name_of(wait["on"].dereference())
    return "waits for %s (%s)" % (what, operation) if what else "waits in " + operation


def saved_context(task):
    """Address of the registers of a task that was switched away from; 0 if it has no stack to speak of."""
    return 0 if task["exited"] or is_current(task) else int(task["context"])


def word(address):
    return int.from_bytes(gdb.selected_inferior().read_memory(address, 8).tobytes(), "little")


def started(task):
    context = saved_context(task)
    if not context:
        return is_current(task)
    block = gdb.block_for_pc(word(context + 8 * len(SAVED)))
    while block and not block.function:
        block = block.superblock
    return bool(block) and block.function.name.startswith("hotweave::")


def state_of(task):
    if is_current(task):
        return "runs"
    if task["exited"]:
        return "has ended"
    if not task["runnable"]:
        return waits_for(task)
    if not started(task):
        return "is raised" if task["irq"] else "has not started"
    return "could run"


def held_by(task):
    out = []
    for i in range(int(task["held_count"])):
        held = task["held"][i]
        name = text(held["map"]["name"]) if int(held["map"]) else ""
        shared = str(held["mode"]).endswith("Shared")
        out.append((name or "a lock at " + hex(int(held["lock"]))) + (" (read)" if shared else ""))
    return out


class OnStackOf:
    """Within it gdb sees the stack of this task: its registers are put in the place of those of the running one."""

    def __init__(self, task):
        self.task = task

    def __enter__(self):
        self.before = None
        if is_current(self.task):
            return self
        if not started(self.task):
            raise gdb.GdbError(name_of(self.task) + " " + state_of(self.task) + ": it has no stack")
        context = saved_context(self.task)
        self.level = gdb.selected_frame().level()
        gdb.newest_frame().select()
        new = {register: word(context + 8 * (i + 1)) for i, register in enumerate(SAVED)}
        new["rsp"] = context + 8 * (len(SAVED) + 1)
        self.before = {register: int(gdb.parse_and_eval("(unsigned long)$" + register)) for register in new}
        self.put(new)
        return self

    def __exit__(self, *exception):
        if self.before is None:
            return
        gdb.newest_frame().select()
        self.put(self.before)
        frame = gdb.newest_frame()
        while frame and frame.level() < self.level:
            frame = frame.older()
        (frame or gdb.newest_frame()).select()

    @staticmethod
    def put(values):
        for register, value in values.items():
            gdb.execute("set var $%s = %#x" % (register, value), to_string=True)


def is_target(frame):
    line = frame.find_sal()
    if not frame.name() or re.search(r"(^| )hotweave::", frame.name()) or not line.symtab:
        return False
    return not ENGINE.search(line.symtab.filename)


def target_frames():
    frame = gdb.newest_frame()
    while frame:
        if is_target(frame):
            yield frame
        frame = frame.older()


def place(frame):
    line = frame.find_sal()
    return "%s %s:%d" % (frame.name(), UP.sub("", line.symtab.filename), line.line)


def where_is(task):
    if not started(task):
        return ""
    with OnStackOf(task):
        for frame in target_frames():
            return place(frame)
    return ""


def show_stop():
    """After a stop of ours: what it is about, and the frame of the code under test."""
    frame = gdb.newest_frame()
    if frame.name() not in STOPS:
        return
    argument = lambda name: text(frame.read_var(name))
    if frame.name() == STOPS[0]:
        print("\nthe last preemption: %s is about to do %s; %s runs instead" %
              (argument("task"), argument("operation"), argument("next")))
    else:
        print("\nthe finding, %s, in %s: %s" % (argument("kind"), argument("task"), argument("sentence")))
    frames = list(target_frames())
    for f in frames[:MOST_FRAMES]:
        print("#%-3d %s" % (f.level(), place(f)))
    if len(frames) > MOST_FRAMES:
        print("and %d more: bt" % (len(frames) - MOST_FRAMES))
    print("")
    if frames:
        gdb.execute("frame %d" % frames[0].level())


def resume(command):
    gdb.execute(command)
    if gdb.selected_inferior().pid:
        show_stop()


def find_sources():
    """The tree that `-d` named: gdb would look for files from the build folder on."""
    root = gdb.parameter("directories").split(":")[0]
    if root.startswith("/"):
        for prefix in ("./../..", "../.."):
            gdb.execute("set substitute-path %s %s" % (prefix, root), to_string=True)


class Hotweave(gdb.Command):
    """Commands for executions of hotweave: `help hotweave` lists them."""

    def __init__(self):
        super().__init__("hotweave", gdb.COMMAND_USER, gdb.COMPLETE_NONE, True)


class Start(gdb.Command):
    """hotweave start: runs the program up to the last preemption, or to the finding if there is none."""

    def __init__(self):
        super().__init__("hotweave start", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        # Faults of target code are findings: the engine handles them, and stops at hotweave_stop_finding.
        gdb.execute("handle SIGSEGV SIGBUS SIGFPE SIGILL nostop noprint pass", to_string=True)
        gdb.execute("set print thread-events off")
        find_sources()
        known = [b.location for b in gdb.breakpoints() or ()]
        for function in STOPS:
            if function not in known:
                gdb.execute("break " + function, to_string=True)
        resume("run")


class Continue(gdb.Command):
    """hotweave continue: goes on to the next stop (the finding, after the last preemption)."""

    def __init__(self):
        super().__init__("hotweave continue", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        resume("continue")


class Step(gdb.Command):
    """hotweave step: goes on until another task is about to run."""

    def __init__(self):
        super().__init__("hotweave step", gdb.COMMAND_RUNNING)

    def invoke(self, argument, from_tty):
        stop = gdb.Breakpoint("hotweave::SwitchFiber", internal=True, temporary=True)
        try:
            gdb.execute("continue")
        finally:
            if stop.is_valid():
                stop.delete()
        if gdb.selected_inferior().pid and gdb.newest_frame().name() == "hotweave::SwitchFiber":
            print("%s runs next" % name_of(gdb.newest_frame().read_var("to").dereference()))


class Tasks(gdb.Command):
    """hotweave tasks: all tasks of the execution: CPU, state, held locks, where they are."""

    def __init__(self):
        super().__init__("hotweave tasks", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        for task in tasks():
            if task["is_clock"]:
                continue
            mark = "*" if is_current(task) else " "
            print("%s %-14s CPU %d  %s" % (mark, name_of(task), int(task["cpu"]), state_of(task)))
            held = held_by(task)
            if held:
                print("      holds " + ", ".join(held))
            where = where_is(task)
            if where:
                print("      at " + where)


class Backtrace(gdb.Command):
    """hotweave bt NAME [ARGUMENTS]: backtrace of a task; ARGUMENTS are those of gdb's bt, as `full`."""

    def __init__(self):
        super().__init__("hotweave bt", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        name, _, rest = argument.strip().partition(" ")
        if not name:
            raise gdb.GdbError("of which task? `hotweave tasks` lists them")
        with OnStackOf(task_by_name(name)):
            gdb.execute("bt " + rest)


class Apply(gdb.Command):
    """hotweave apply NAME COMMAND: does a command of gdb on the stack of a task, as `apply probe info locals`."""

    def __init__(self):
        super().__init__("hotweave apply", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        name, _, command = argument.strip().partition(" ")
        if not command:
            raise gdb.GdbError("hotweave apply NAME COMMAND")
        with OnStackOf(task_by_name(name)):
            for frame in target_frames():
                frame.select()
                break
            gdb.execute(command)


for command in (Hotweave, Start, Continue, Step, Tasks, Backtrace, Apply):
    command()
