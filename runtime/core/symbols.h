// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The ELF symbol table of the running program: addresses to names that survive ASLR and rebuilds.
//
// Loaded once, at start (a few milliseconds: names are demangled on demand); afterwards read-only. No DWARF:
// lines and fields are report/symbolizer.h. Depends on libelf and the C++ runtime's demangler.
//
// Names: demangled, without blanks; functions without their argument list. If several local symbols share
// a linkage name, each gets its source file as prefix ("memory.cc:mem_sysfs_mutex"), and if that does
// not tell them apart, a number in link order ("memory.cc:mem_sysfs_mutex#2").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hotweave {

struct Symbol {
  uint64_t addr = 0;              // run-time address
  uint64_t size = 0;              // bytes
  const char* linkage_name = "";  // as in the ELF file; lives as long as the table
  const char* file = nullptr;     // source file (base name) if the name alone is ambiguous
  uint32_t number = 0;            // from 2, if file and name are ambiguous
  bool is_object = false;         // a variable; else a function

  std::string Name() const;  // the stable name, see above; allocates
  bool Contains(uint64_t address) const { return address - addr < (size ? size : 1); }
};

class SymbolTable {
 public:
  // The table of this program; empty before Load().
  static SymbolTable& Get();

  // Reads /proc/self/exe. False if it has no symbol table (it was stripped) or cannot be read: keys and
  // fingerprints are made of names, so the caller must give up with an internal error. Idempotent.
  bool Load();

  // The function / variable that contains the address, or nullptr. Binary search.
  const Symbol* FindFunction(uint64_t address) const { return Find(functions_, address); }
  const Symbol* FindObject(uint64_t address) const { return Find(objects_, address); }

  // Variables that start in [lo, hi), by address. Aliases of one address appear once.
  std::vector<Symbol> ObjectsBetween(uint64_t lo, uint64_t hi) const;

  // True if the address lies in the program's image (code or data).
  bool InImage(uint64_t address) const { return address >= image_lo_ && address < image_hi_; }

  // Run-time address minus address in the ELF file: 0 unless the program is position-independent.
  uint64_t bias() const { return bias_; }

 private:
  using Symbols = std::vector<Symbol>;
  static const Symbol* Find(const Symbols& symbols, uint64_t address);
  bool Read(int fd);
  void Prepare();

  Symbols functions_, objects_;  // by address, one per address
  uint64_t bias_ = 0, image_lo_ = 0, image_hi_ = 0;
  bool loaded_ = false;
  void* elf_ = nullptr;  // the open file: symbols point at the names in its image
};

// "online_pages" for an address in it, "??" if there is none. The table must have been loaded.
std::string FunctionName(uint64_t pc);

// Demangles a linkage name: full ("ns::f(int)") or without argument list, return type and compiler suffixes
// ("ns::f"). C names are returned as they are.
std::string Demangle(const char* linkage_name);
std::string DemangleShort(const char* linkage_name);

}  // namespace hotweave
