// SPDX-License-Identifier: GPL-2.0-only OR MIT
// From a DWARF type and an offset to the member that lies there (debug_info.h). Depends on libdw.
#include "report/debug_info.h"

#include <dwarf.h>

namespace hotweave {
namespace {

bool TypeOf(Dwarf_Die* die, Dwarf_Die* type) {
  Dwarf_Attribute attribute;
  return dwarf_attr_integrate(die, DW_AT_type, &attribute) && dwarf_formref_die(&attribute, type);
}

// The type without typedef, const, volatile …, and its definition if it is a mere declaration here.
bool Peel(Dwarf_Die* type) { return dwarf_peel_type(type, type) == 0; }

uint64_t SizeOf(Dwarf_Die* type) {
  Dwarf_Word size = 0;
  return dwarf_aggregate_size(type, &size) == 0 ? size : 0;
}

std::string PlusOffset(uint64_t offset) {
  char text[24];
  snprintf(text, sizeof(text), "+0x%llx", static_cast<unsigned long long>(offset));
  return offset ? text : "";
}

uint64_t Number(Dwarf_Die* die, unsigned name, uint64_t absent) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  if (!dwarf_attr_integrate(die, name, &attribute) || dwarf_formudata(&attribute, &value) != 0) return absent;
  return value;
}

// The sizes of an array's dimensions, outermost first; 0 where it is open.
std::vector<uint64_t> Dimensions(Dwarf_Die* array) {
  std::vector<uint64_t> dimensions;
  Dwarf_Die die;
  if (dwarf_child(array, &die) != 0) return dimensions;
  do {
    if (dwarf_tag(&die) != DW_TAG_subrange_type) continue;
    const uint64_t count = Number(&die, DW_AT_count, ~0ull);
    dimensions.push_back(count != ~0ull ? count : Number(&die, DW_AT_upper_bound, ~0ull) + 1);
  } while (dwarf_siblingof(&die, &die) == 0);
  return dimensions;
}

struct Member {
  Dwarf_Die type;
  std::string name;     // empty: anonymous, or a base class
  uint64_t offset = 0;  // bytes
  uint64_t size = 0;    // bytes
  bool bits = false;
};

bool ReadMember(Dwarf_Die* die, Member* member) {
  const int tag = dwarf_tag(die);
  if (tag != DW_TAG_member && tag != DW_TAG_inheritance) return false;
  Dwarf_Attribute attribute;
  if (dwarf_attr(die, DW_AT_declaration, &attribute) || dwarf_attr(die, DW_AT_external, &attribute))
    return false;
  if (!TypeOf(die, &member->type)) return false;
  const char* name = tag == DW_TAG_member ? dwarf_diename(die) : nullptr;
  member->name = name ? name : "";
  member->offset = Number(die, DW_AT_data_member_location, 0);
  member->size = SizeOf(&member->type);
  const uint64_t bit = Number(die, DW_AT_data_bit_offset, ~0ull);
  if ((member->bits = bit != ~0ull)) {
    member->offset = bit / 8;
    member->size = (bit % 8 + Number(die, DW_AT_bit_size, 1) + 7) / 8;
  }
  return true;
}

std::vector<Member> Members(Dwarf_Die* structure) {
  std::vector<Member> members;
  Dwarf_Die die;
  if (dwarf_child(structure, &die) != 0) return members;
  do {
    Member member;
    if (ReadMember(&die, &member)) members.push_back(std::move(member));
  } while (dwarf_siblingof(&die, &die) == 0);
  return members;
}

// The first member that holds the byte; failing that an array of unknown length at the end.
const Member* MemberAt(const std::vector<Member>& members, uint64_t offset) {
  for (const Member& m : members)
    if (m.offset <= offset && offset - m.offset < m.size) return &m;
  if (!members.empty() && members.back().size == 0 && members.back().offset <= offset) return &members.back();
  return nullptr;
}

ValueKind KindOfType(Dwarf_Die* type) {
  switch (dwarf_tag(type)) {
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
      return ValueKind::Pointer;
    case DW_TAG_enumeration_type: {
      Dwarf_Die underlying;
      return TypeOf(type, &underlying) && Peel(&underlying) ? KindOfType(&underlying) : ValueKind::Unsigned;
    }
    case DW_TAG_base_type: {
      const uint64_t encoding = Number(type, DW_AT_encoding, 0);
      return encoding == DW_ATE_signed || encoding == DW_ATE_signed_char ? ValueKind::Signed
                                                                         : ValueKind::Unsigned;
    }
    default:
      return ValueKind::Unknown;
  }
}

// One step of the descent; false when it has ended.
bool EnterArray(Dwarf_Die* type, uint64_t* offset, Field* field) {
  Dwarf_Die element;
  if (!TypeOf(type, &element)) return false;
  uint64_t stride = SizeOf(&element);
  if (stride == 0) return false;
  const std::vector<uint64_t> dimensions = Dimensions(type);
  for (size_t i = 1; i < dimensions.size(); i++) stride *= dimensions[i] ? dimensions[i] : 1;
  for (size_t i = 0; i < dimensions.size() && stride; i++) {
    field->path += "[" + std::to_string(*offset / stride) + "]";
    *offset %= stride;
    if (i + 1 < dimensions.size()) stride /= dimensions[i + 1] ? dimensions[i + 1] : 1;
  }
  *type = element;
  return true;
}

// A structure with one member is a wrapper (atomic_t): what people call it is the place it is in.
bool EnterStructure(Dwarf_Die* type, uint64_t* offset, Field* field) {
  const std::vector<Member> members = Members(type);
  const Member* member = MemberAt(members, *offset);
  const char* name = dwarf_diename(type);
  if (name && dwarf_tag(type) != DW_TAG_union_type && members.size() > 1) {
    field->type = name;
    field->type_at = field->path.size();
  }
  if (!member) return false;
  if (!member->name.empty()) field->path += "." + member->name;
  *offset -= member->offset;
  *type = member->type;
  if (!member->bits) return true;
  field->path += "(bits)";  // this bit-field or one that shares its bytes
  *offset = 0;
  return false;
}

// What the die's type points to, if it is a structure of that size with a name.
bool PointeeOf(Dwarf_Die* die, uint64_t size, Dwarf_Die* pointee) {
  Dwarf_Die type;
  if (!TypeOf(die, &type) || !Peel(&type) || dwarf_tag(&type) != DW_TAG_pointer_type) return false;
  if (!TypeOf(&type, pointee) || !Peel(pointee) || !dwarf_diename(pointee)) return false;
  const int tag = dwarf_tag(pointee);
  return (tag == DW_TAG_structure_type || tag == DW_TAG_class_type) && SizeOf(pointee) == size;
}

}  // namespace

void CollectPointees(Dwarf_Die* function, uint64_t size, std::map<std::string, Dwarf_Die>* types) {
  Dwarf_Die die, pointee;
  if (PointeeOf(function, size, &pointee)) types->emplace(dwarf_diename(&pointee), pointee);
  if (dwarf_child(function, &die) != 0) return;
  do {
    CollectPointees(&die, size, types);
  } while (dwarf_siblingof(&die, &die) == 0);
}

Field FindField(Dwarf_Die type, uint64_t offset) {
  Field field;
  bool deeper = true;
  for (int depth = 0; deeper && depth < 64; depth++) {
    if (!Peel(&type)) return field;
    switch (dwarf_tag(&type)) {
      case DW_TAG_array_type:
        deeper = EnterArray(&type, &offset, &field);
        break;
      case DW_TAG_structure_type:
      case DW_TAG_class_type:
      case DW_TAG_union_type:
        deeper = EnterStructure(&type, &offset, &field);
        break;
      default:
        if (offset == 0) field.kind = KindOfType(&type);
        deeper = false;
    }
  }
  field.path += PlusOffset(offset);
  return field;
}

}  // namespace hotweave
