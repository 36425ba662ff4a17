// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Reads the program's own ELF symbol table (symbols.h). Depends on libelf.
#include "core/symbols.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <tuple>

#include <cxxabi.h>
#include <fcntl.h>
#include <gelf.h>
#include <link.h>
#include <unistd.h>

namespace hotweave {
namespace {

struct Image {
  uint64_t bias = 0, lo = ~0ull, hi = 0;
};

// The first object that the loader reports is the program itself.
int DescribeImage(dl_phdr_info* info, size_t, void* out) {
  Image* image = static_cast<Image*>(out);
  image->bias = info->dlpi_addr;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const auto& ph = info->dlpi_phdr[i];
    if (ph.p_type != PT_LOAD) continue;
    image->lo = std::min<uint64_t>(image->lo, info->dlpi_addr + ph.p_vaddr);
    image->hi = std::max<uint64_t>(image->hi, info->dlpi_addr + ph.p_vaddr + ph.p_memsz);
  }
  return 1;
}

std::string WithoutBlanks(std::string name) {
  std::erase(name, ' ');
  return name;
}

bool IsWordChar(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Position of the parenthesis that opens the argument list of a demangled function; npos if it has none.
size_t ArgumentList(std::string_view name) {
  size_t close = name.rfind(')');
  int depth = 0;
  for (size_t i = close; i != std::string_view::npos; i = i == 0 ? std::string_view::npos : i - 1) {
    if (name[i] == ')') depth++;
    if (name[i] == '(' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

// Position of the name after a return type ("void f<int>" gives 5): instances of templates have one.
size_t AfterReturnType(std::string_view name) {
  size_t start = 0;
  int depth = 0;
  for (size_t i = 0; i < name.size(); i++) {
    const char c = name[i];
    if (name.substr(i).starts_with("operator") && (i == 0 || !IsWordChar(name[i - 1]))) break;
    if (c == '<' || c == '(' || c == '{') depth++;
    if (c == '>' || c == ')' || c == '}') depth--;
    if (c == ' ' && depth == 0) start = i + 1;
  }
  return start;
}

}  // namespace

std::string Demangle(const char* linkage_name) {
  if (strncmp(linkage_name, "_Z", 2) != 0) return linkage_name;
  int status = 0;
  char* text = abi::__cxa_demangle(linkage_name, nullptr, nullptr, &status);
  std::string name = status == 0 && text ? text : linkage_name;
  free(text);
  return name;
}

std::string DemangleShort(const char* linkage_name) {
  std::string name = Demangle(linkage_name);
  if (name == linkage_name) return name.substr(0, name.find('.', 1));  // f.llvm.123, f.part.0
  const size_t clone = name.find(" [clone");
  if (clone != std::string::npos) name.resize(clone);
  const size_t suffix = name.find(" (.");
  if (suffix != std::string::npos) name.resize(suffix);
  const size_t arguments = ArgumentList(name);
  if (arguments != std::string::npos && arguments > 0) name.resize(arguments);
  return name.substr(AfterReturnType(name));
}

std::string Symbol::Name() const {
  std::string name = WithoutBlanks(is_object ? Demangle(linkage_name) : DemangleShort(linkage_name));
  if (file) name = std::string(file) + ":" + name;
  if (number) name += "#" + std::to_string(number);
  return name;
}

SymbolTable& SymbolTable::Get() {
  static SymbolTable* table = new SymbolTable;  // never destroyed: names are used up to the last moment
  return *table;
}

bool SymbolTable::Load() {
  if (loaded_) return !functions_.empty();
  loaded_ = true;
  Image image;
  dl_iterate_phdr(DescribeImage, &image);
  bias_ = image.bias;
  image_lo_ = image.lo;
  image_hi_ = image.hi;
  const int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool ok = Read(fd);
  close(fd);
  if (ok) Prepare();
  return ok && !functions_.empty();
}

namespace {

Elf_Scn* FindSymbolSection(Elf* elf, GElf_Shdr* header) {
  for (Elf_Scn* scn = nullptr; (scn = elf_nextscn(elf, scn)) != nullptr;)
    if (gelf_getshdr(scn, header) && header->sh_type == SHT_SYMTAB) return scn;
  return nullptr;
}

}  // namespace

bool SymbolTable::Read(int fd) {
  elf_version(EV_CURRENT);
  Elf* elf = elf_begin(fd, ELF_C_READ_MMAP, nullptr);
  elf_ = elf;
  if (!elf) return false;
  GElf_Shdr header;
  Elf_Scn* scn = FindSymbolSection(elf, &header);
  Elf_Data* data = scn ? elf_getdata(scn, nullptr) : nullptr;
  if (!data || header.sh_entsize == 0) return false;
  const char* file = nullptr;
  for (size_t i = 0; i < header.sh_size / header.sh_entsize; i++) {
    GElf_Sym sym;
    if (!gelf_getsym(data, static_cast<int>(i), &sym)) break;
    const char* name = elf_strptr(elf, header.sh_link, sym.st_name);
    const int type = GELF_ST_TYPE(sym.st_info);
    if (type == STT_FILE) file = name;
    if (!name || !*name || sym.st_shndx == SHN_UNDEF || sym.st_shndx == SHN_ABS) continue;
    const bool is_object = type == STT_OBJECT;
    if (!is_object && type != STT_FUNC) continue;
    const bool local = GELF_ST_BIND(sym.st_info) == STB_LOCAL;
    (is_object ? objects_ : functions_)
        .push_back({sym.st_value + bias_, sym.st_size, name, local ? file : nullptr, 0, is_object});
  }
  return true;
}

namespace {

// Among local symbols of one name keeps the file and numbers what is still equal; clears the file elsewhere.
void Disambiguate(std::vector<Symbol>* symbols) {
  std::vector<Symbol*> by_name;
  for (Symbol& s : *symbols) by_name.push_back(&s);
  // The position in the vector, which is link order, comes last.
  std::sort(by_name.begin(), by_name.end(), [](const Symbol* a, const Symbol* b) {
    return std::make_tuple(std::string_view(a->linkage_name), std::string_view(a->file ? a->file : ""), a) <
           std::make_tuple(std::string_view(b->linkage_name), std::string_view(b->file ? b->file : ""), b);
  });
  for (size_t i = 0, end; i < by_name.size(); i = end) {
    for (end = i + 1; end < by_name.size() && !strcmp(by_name[i]->linkage_name, by_name[end]->linkage_name);)
      end++;
    if (end == i + 1) by_name[i]->file = nullptr;
    for (size_t k = i + 1; k < end; k++) {
      const Symbol* before = by_name[k - 1];
      const bool same = before->file && by_name[k]->file && !strcmp(before->file, by_name[k]->file);
      if (same && before->addr != by_name[k]->addr) by_name[k]->number = std::max(before->number, 1u) + 1;
    }
  }
}

// Of aliases the one with the smaller name stays, so that the choice does not depend on the linker.
void SortByAddress(std::vector<Symbol>* symbols) {
  std::sort(symbols->begin(), symbols->end(), [](const Symbol& a, const Symbol& b) {
    return std::make_tuple(a.addr, ~a.size, std::string_view(a.linkage_name)) <
           std::make_tuple(b.addr, ~b.size, std::string_view(b.linkage_name));
  });
  symbols->erase(std::unique(symbols->begin(), symbols->end(),
                             [](const Symbol& a, const Symbol& b) { return a.addr == b.addr; }),
                 symbols->end());
}

}  // namespace

void SymbolTable::Prepare() {
  for (Symbols* symbols : {&functions_, &objects_}) {
    Disambiguate(symbols);
    SortByAddress(symbols);
  }
}

const Symbol* SymbolTable::Find(const Symbols& symbols, uint64_t address) {
  auto after = std::upper_bound(symbols.begin(), symbols.end(), address,
                                [](uint64_t a, const Symbol& s) { return a < s.addr; });
  if (after == symbols.begin()) return nullptr;
  const Symbol& candidate = *std::prev(after);
  return candidate.Contains(address) ? &candidate : nullptr;
}

std::vector<Symbol> SymbolTable::ObjectsBetween(uint64_t lo, uint64_t hi) const {
  auto at = [](const Symbol& s, uint64_t a) { return s.addr < a; };
  auto first = std::lower_bound(objects_.begin(), objects_.end(), lo, at);
  auto last = std::lower_bound(first, objects_.end(), hi, at);
  return {first, last};
}

std::string FunctionName(uint64_t pc) {
  const Symbol* symbol = SymbolTable::Get().FindFunction(pc);
  return symbol ? symbol->Name() : "??";
}

}  // namespace hotweave
