// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave list`: targets, profiles and what is known of them. See cli.h.
#include <fmt/format.h>

#include <sstream>

#include <nlohmann/json.hpp>

#include "cli.h"

namespace hotweave {
namespace {

std::vector<std::string> Words(const char* text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string w; in >> w;) words.push_back(w);
  return words;
}

// Profiles in the order of history; those without an expectation are left out.
std::vector<const hotweave_expectation*> Ordered(const char* target) {
  std::vector<const hotweave_expectation*> all = ExpectationsOf(target), out;
  const hotweave_history* h = History();
  for (unsigned i = 0; h && i < h->nr_profiles; ++i) {
    for (const hotweave_expectation* e : all) {
      if (std::string_view(e->profile) == h->profiles[i].name) out.push_back(e);
    }
  }
  for (const hotweave_expectation* e : all) {
    if (std::find(out.begin(), out.end(), e) == out.end()) out.push_back(e);
  }
  return out;
}

void PrintJson() {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const hotweave_target* t : Targets()) {
    nlohmann::ordered_json profiles = nlohmann::ordered_json::array();
    for (const hotweave_expectation* e : Ordered(t->name)) {
      profiles.push_back({{"name", e->profile}, {"expect", Words(e->kinds)}, {"story", e->story}});
    }
    list.push_back({{"target", t->name}, {"description", t->description}, {"profiles", profiles}});
  }
  fmt::print("{}\n", list.dump(2));
}

void PrintText() {
  for (const hotweave_target* t : Targets()) {
    fmt::print("{}\n    {}\n", t->name, t->description);
    for (const hotweave_expectation* e : Ordered(t->name)) {
      fmt::print("    @{:<22} {:<24} {}\n", e->profile, *e->kinds ? e->kinds : "silent", e->story);
    }
  }
  if (const hotweave_history* h = History()) {
    fmt::print("profiles:");
    for (unsigned i = 0; i < h->nr_profiles; ++i) fmt::print(" {}", h->profiles[i].name);
    fmt::print("; @PROFILE-COMMIT switches one fix off, @PROFILE+NAME puts an alteration in:\n");
    for (unsigned i = 0; i < h->nr_rows; ++i) {
      const hotweave_history_row& row = h->rows[i];
      const char* release = row.left_out ? row.left_out : *row.first_release ? row.first_release : "in no release";
      fmt::print("    {} ({}) {}\n", row.commit, release, row.title);
    }
  }
}

}  // namespace

int RunList(const ListCommand& c) {
  c.json ? PrintJson() : PrintText();
  return kExitPass;
}

}  // namespace hotweave
