// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Starting the built programs as a user would, for the tests of e2e/. Depends on GoogleTest and
// nlohmann-json alone: nothing here knows the engine.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace hotweave {

// A folder of the test's own, removed with everything in it at the end.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Launch {
  std::vector<std::string> arguments;     // after the program's name
  std::string program = HOTWEAVE_BINARY;
  std::string directory;                  // to start in; empty: the test's own
  std::vector<std::string> environment;   // NAME=value, added to the test's own
  bool aslr = true;                       // false: as under `setarch -R`
  int signal = 0, after_ms = 0;           // a signal to send, and when
};

struct Ended {
  int status = -1;            // exit status; 128 + signal if it was killed
  std::string out, err;
  nlohmann::json Json() const;   // of `out`; a failure of the test if it is not one JSON value
  std::string Line(const std::string& start) const;   // the first line of out, else of err, that starts so
};

// Runs a program to its end.
Ended RunProgram(const Launch& launch);
// `hotweave` with these arguments.
Ended Hotweave(std::vector<std::string> arguments);

std::string Slurp(const std::string& path);
void Spill(const std::string& path, const std::string& contents);
// Names of the files in a folder, sorted; empty if there is no such folder.
std::vector<std::string> FilesIn(const std::string& directory);
// The one file in a folder that ends like this.
std::string OnlyFile(const std::string& directory, const std::string& ending);

}  // namespace hotweave
