// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Files that searches write and replays read. Files are written whole or not at all, and never overwrite
// anything different. Depends on <hotweave/schedule.h>.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <hotweave/schedule.h>

namespace hotweave {

struct ArtifactPaths {
  std::string sched, bytes;
};

// Writes both forms into `directory` (made if missing). Throws std::runtime_error with one clear line.
ArtifactPaths WriteArtifacts(const std::string& directory, const Schedule& schedule);

// Makes a folder and those above it, if they are missing. Throws std::runtime_error with one clear line.
void MakeFolder(const std::string& path);

// Whole contents of a file. Throws std::runtime_error with one clear line.
std::string ReadFile(const std::string& path);

// Throws std::runtime_error with one clear line if no file can be at `path`: a folder is there, or none above it. To be asked
// before long work whose result goes there.
void CheckPlace(const std::string& path);
// The same of a folder that MakeFolder() is to make: something else is in its way.
void CheckFolder(const std::string& path);

// Creates `path` with these contents. A file that exists with others is replaced if `force`, else an error.
void WriteNamedFile(const std::string& path, std::string_view contents, bool force);

// Creates `path` with these contents; if it exists with others, "-2", "-3" … goes before the extension.
// Returns the path used.
std::string WriteNewFile(const std::string& path, std::string_view contents);

}  // namespace hotweave
