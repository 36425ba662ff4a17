// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What the writer and the reader of the text form of schedules share. Internal to core/schedule_*.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/op.h"

namespace hotweave::schedule_text {

inline constexpr std::string_view kMagic = "hotweave-schedule";

inline bool IsBlank(char c) { return c == ' ' || c == '\t'; }
inline bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// -1 if it is no hexadecimal digit.
int HexValue(char c);
// With exactly `digits` digits / with as few as possible. Lower case, no prefix.
std::string Hex(uint64_t value, int digits);
std::string ShortHex(uint64_t value);

// A name as one token: blanks, control characters, '#' and '%' become %XX.
std::string Escape(std::string_view name);
// Undoes Escape(): npos, or the position of the first '%' that two hexadecimal digits do not follow.
size_t Unescape(std::string_view token, std::string* name);

// A comment in the one way it is written: no control characters, no blanks at its ends.
std::string TidyComment(std::string_view comment);

// "symbol+0x28" to ("symbol", 0x28). What does not end in +0xHEX is a name with offset 0.
std::pair<std::string_view, uint64_t> SplitObject(std::string_view object);
std::string JoinObject(std::string_view name, uint64_t offset);

// Whether a task can be about to do `op`, so that records can name it.
bool HasKey(Op op);
// The key of an operation on "symbol+0x28"; an empty object is none.
uint16_t NamedKey(Op op, std::string_view object);

}  // namespace hotweave::schedule_text
