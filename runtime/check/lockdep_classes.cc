// SPDX-License-Identifier: GPL-2.0-only OR MIT
// lockdep: classes of locks, by key and subclass. See lockdep.h. Depends on core.
#include <algorithm>
#include <cstring>

#include "check/lockdep.h"
#include "core/internal.h"
#include "core/layout.h"
#include "core/percpu.h"
#include "core/symbols.h"

namespace hotweave {
namespace {

uint64_t HashOf(const lock_class_key* key, unsigned subclass) {
  const uint64_t h = (reinterpret_cast<uintptr_t>(key) + subclass) * 0x9e3779b97f4a7c15ull;
  return h ^ (h >> 32);
}

// The address of a static object, 0 for one on heap or stack. All copies of a per-CPU variable are one.
// Source: static_obj(), __is_kernel_percpu_address(), 6.1.
uintptr_t Canonical(const void* p) {
  const auto address = reinterpret_cast<uintptr_t>(p);
  switch (GetLayout().RegionOf(address)) {
    case Region::Globals: return address;
    case Region::Arena:
    case Region::Stack: return 0;
    case Region::Percpu: {
      uint32_t cpu;
      const uintptr_t original = PercpuMemory::TemplateOf(address, &cpu);
      return original && !PercpuMemory::IsDynamic(original) ? original : 0;
    }
    case Region::None: return SymbolTable::Get().InImage(address) ? address : 0;
  }
  return 0;
}

bool IsStatic(const void* p) { return Canonical(p) != 0; }

}  // namespace

// Without CONFIG_PROVE_RAW_LOCK_NESTING a spinlock_t waits like a raw one. Source: enum lockdep_wait_type,
// include/linux/lockdep_types.h, 6.1.
uint8_t Lockdep::WaitType(uint8_t type) const {
  if (!config_.wait_types) return LD_WAIT_INV;
  return type == LD_WAIT_CONFIG && !config_.raw_lock_nesting ? static_cast<uint8_t>(LD_WAIT_SPIN) : type;
}

bool Lockdep::IsDynamicKey(const lock_class_key* key) const {
  return std::find(dynamic_keys_.begin(), dynamic_keys_.end(), key) != dynamic_keys_.end();
}

// The class of a key, or nullptr. Source: look_up_lock_class(), kernel/locking/lockdep.c, 6.1.
lock_class* Lockdep::Lookup(const lock_class_key* key, unsigned subclass, bool* fresh) {
  uint32_t at = HashOf(key, subclass) % class_slots_.size();
  for (;; at = (at + 1) % class_slots_.size()) {
    ClassSlot& slot = class_slots_[at];
    if (slot.execution != execution_) break;
    lock_class& c = classes_[slot.cls];
    if (c.key == key && c.subclass == subclass && !c.gone) return &c;
  }
  if (!fresh) return nullptr;
  if (class_count_ == kMaxLockClasses) engine.OutOfBudget("too many lock classes");
  class_slots_[at] = {execution_, class_count_};
  *fresh = true;
  return &classes_[class_count_++];
}

// A lock without a key is its own class, which only static memory can be.
// Source: assign_lock_key(), kernel/locking/lockdep.c, 6.1.
void Lockdep::AssignKey(lockdep_map& map) {
  if (!IsStatic(&map)) {
    ReportMisuse("INFO: trying to register non-static key.",
                 std::string("the lock ") + (map.name ? map.name : "?") +
                     " is used without a class: it is not in static memory and was not initialised by an init function",
                 &map);
  }
  const uintptr_t original = Canonical(&map);
  map.key = reinterpret_cast<lock_class_key*>(original ? original : reinterpret_cast<uintptr_t>(&map));
}

// Source: register_lock_class(), kernel/locking/lockdep.c, 6.1.
lock_class* Lockdep::Register(lockdep_map& map, unsigned subclass) {
  if (subclass >= MAX_LOCKDEP_SUBCLASSES) {
    ReportMisuse("BUG: looking up invalid subclass",
                 std::string("the lock ") + (map.name ? map.name : "?") + " is taken with subclass " +
                     std::to_string(subclass) + ", but there are 8",
                 &map);
    subclass = 0;
  }
  if (!map.key) AssignKey(map);
  bool fresh = false;
  lock_class* c = Lookup(map.key, subclass, &fresh);
  if (fresh) {
    *c = lock_class{};
    c->key = map.key;
    c->name = map.name ? map.name : "NULL";
    c->subclass = subclass;
    c->index = class_count_ - 1;
    c->execution = execution_;
    c->wait_inner = WaitType(map.wait_type_inner);
    c->wait_outer = WaitType(map.wait_type_outer);
    c->lock_type = map.lock_type;
    c->name_version = 1;
    for (uint32_t i = 0; i < c->index; ++i) {
      const lock_class& other = classes_[i];
      if (other.gone || std::strcmp(other.name, c->name) != 0) continue;
      if (other.key == c->key) {
        c->name_version = other.name_version;
        break;
      }
      c->name_version = std::max(c->name_version, other.name_version + 1);
    }
  }
  if (subclass < NR_LOCKDEP_CACHING_CLASSES) map.class_cache[subclass] = c;
  return c;
}

// The class of a lock; the map remembers it. A map's memory may hold anything: what it remembers counts only if
// it is a class of this execution with the map's key.
lock_class* Lockdep::ClassOf(lockdep_map& map, unsigned subclass) {
  if (subclass < NR_LOCKDEP_CACHING_CLASSES) {
    lock_class* c = map.class_cache[subclass];
    const auto offset = reinterpret_cast<uintptr_t>(c) - reinterpret_cast<uintptr_t>(classes_.data());
    if (offset < class_count_ * sizeof(lock_class) && offset % sizeof(lock_class) == 0 && c->execution == execution_ &&
        c->key == map.key && c->subclass == subclass && !c->gone) {
      return c;
    }
  }
  return Register(map, subclass);
}

// Source: lockdep_init_map_type(), kernel/locking/lockdep.c, 6.1.
void Lockdep::InitMap(lockdep_map& map, unsigned subclass) {
  for (lock_class*& c : map.class_cache) c = nullptr;
  if (!map.name) {
    map.name = "NULL";
    ReportMisuse("WARNING: lock without a name", "a lock is initialised without a name", &map);
  }
  if (!map.key) {
    ReportMisuse("WARNING: lock without a key", std::string("the lock ") + map.name + " is initialised without a key", &map);
    return;
  }
  if (!IsStatic(map.key) && !IsDynamicKey(map.key)) {
    ReportMisuse("BUG: key has not been registered!",
                 std::string("the lock ") + map.name +
                     " is initialised with a key that is neither static nor registered by lockdep_register_key()",
                 &map);
  }
  if (subclass) Register(map, subclass);
}

void Lockdep::RegisterKey(lock_class_key* key) {
  if (IsStatic(key)) {
    ReportMisuse("WARNING: lockdep_register_key()", "lockdep_register_key() is called for a static key, which needs none", nullptr);
  } else if (IsDynamicKey(key)) {
    ReportMisuse("WARNING: lockdep_register_key()", "lockdep_register_key() is called twice for one key", nullptr);
  } else {
    dynamic_keys_.push_back(key);
  }
}

// The classes of the key are forgotten, with all that leads to and from them.
// Source: lockdep_unregister_key(), zap_class(), kernel/locking/lockdep.c, 6.1.
void Lockdep::UnregisterKey(lock_class_key* key) {
  const auto found = std::find(dynamic_keys_.begin(), dynamic_keys_.end(), key);
  if (found == dynamic_keys_.end()) {
    ReportMisuse("WARNING: lockdep_unregister_key()", "lockdep_unregister_key() is called for a key that is not registered",
                 nullptr);
    return;
  }
  dynamic_keys_.erase(found);
  bool any = false;
  for (uint32_t i = 0; i < class_count_; ++i) {
    lock_class& c = classes_[i];
    if (c.gone || c.key != key) continue;
    RemoveDependenciesOf(c);
    c.gone = any = true;
  }
  // Sequences with them are no longer known.
  if (any) {
    std::fill(chain_slots_.begin(), chain_slots_.end(), ChainSlot{});
    chain_count_ = 0;
  }
}

std::string Lockdep::NameOf(const lock_class& c, bool instance) {
  std::string out = c.name;
  if (instance && c.name_version > 1) out += "#" + std::to_string(c.name_version);
  if (c.subclass) out += "/" + std::to_string(c.subclass);
  return out;
}

// Source: print_lock_name(), get_usage_chars(), kernel/locking/lockdep.c, 6.1.
std::string Lockdep::FullNameOf(const lock_class& c) const {
  std::string out = "(" + NameOf(c) + "){";
  for (unsigned bit : {0u, 1u, 4u, 5u}) {
    const bool in = c.usage >> bit & 1, enabled = c.usage >> (bit + 2) & 1;
    out += in ? (enabled ? '?' : '-') : (enabled ? '+' : '.');
  }
  out += "}";
  if (config_.wait_types) {
    const uint8_t outer = c.wait_outer ? c.wait_outer : c.wait_inner;
    // Without CONFIG_PROVE_RAW_LOCK_NESTING the kernel numbers the types without a gap.
    auto number = [&](uint8_t type) { return std::to_string(type > LD_WAIT_CONFIG && !config_.raw_lock_nesting ? type - 1 : type); };
    out += "-{" + number(outer) + ":" + number(c.wait_inner) + "}";
  }
  return out;
}

}  // namespace hotweave
