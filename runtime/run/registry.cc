// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The program's targets, history and expectations, from the sections that the registration macros of
// <hotweave/target.h> fill; and the parser of "TARGET@PROFILE-COMMIT".
#include <hotweave/run.h>

#include <algorithm>
#include <cstring>

extern "C" {
extern const hotweave_target __start_hotweave_targets[] __attribute__((weak));
extern const hotweave_target __stop_hotweave_targets[] __attribute__((weak));
extern const hotweave_expectation __start_hotweave_expectations[] __attribute__((weak));
extern const hotweave_expectation __stop_hotweave_expectations[] __attribute__((weak));
extern const hotweave_history __start_hotweave_histories[] __attribute__((weak));
extern const hotweave_history __stop_hotweave_histories[] __attribute__((weak));
}

namespace hotweave {
namespace {

// Levenshtein distance, for "did you mean".
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

// " (did you mean a, b?)" for the nearest names, or " (known: …)" if none is near.
std::string Suggest(std::string_view wrong, std::vector<std::string> names) {
  if (names.empty()) return " (there are none in this program)";
  std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return std::pair(Distance(wrong, a), a) < std::pair(Distance(wrong, b), b);
  });
  const bool near = Distance(wrong, names[0]) <= 2 + wrong.size() / 3;
  std::string out = near ? " (did you mean " : " (known: ";
  const size_t n = std::min<size_t>(names.size(), near ? 3 : 8);
  for (size_t i = 0; i < n; ++i) out += (i ? ", " : "") + names[i];
  return out + (near ? "?)" : ")");
}

const hotweave_profile* FindProfile(std::string_view name) {
  const hotweave_history* h = History();
  for (unsigned i = 0; h && i < h->nr_profiles; ++i) {
    if (name == h->profiles[i].name) return &h->profiles[i];
  }
  return nullptr;
}

// The row whose commit id begins with `commit`; -1 if none or the prefix is too short.
int FindRow(std::string_view commit) {
  const hotweave_history* h = History();
  for (unsigned i = 0; h && i < h->nr_rows; ++i) {
    if (commit.size() >= 7 && std::string_view(h->rows[i].commit).starts_with(commit)) return static_cast<int>(i);
  }
  return -1;
}

bool ParseProfile(std::string_view spec, Profile* profile, std::string* error) {
  const hotweave_history* h = History();
  if (spec.ends_with('-')) {
    *error = "nothing after the last - of \"" + std::string(spec) + "\": name a commit to take out";
    return false;
  }
  if (!h) {
    if (spec.empty()) return true;
    *error = "this program has no history table, so no profile \"" + std::string(spec) + "\"; leave out the @";
    return false;
  }
  const hotweave_profile* base = &h->profiles[h->nr_profiles - 1];
  const size_t dash = spec.find('-');
  const std::string_view name = spec.substr(0, dash);
  if (!spec.empty()) base = FindProfile(name);
  if (!base) {
    std::vector<std::string> names;
    for (unsigned i = 0; i < h->nr_profiles; ++i) names.emplace_back(h->profiles[i].name);
    *error = "unknown profile \"" + std::string(name) + "\"" + Suggest(name, names);
    return false;
  }
  profile->name = spec.empty() ? base->name : std::string(spec);
  profile->version = base->version;
  for (const int* row = base->rows; *row >= 0; ++row) profile->rows.set(static_cast<size_t>(*row));
  for (std::string_view rest = dash == spec.npos ? "" : spec.substr(dash + 1); !rest.empty();) {
    const size_t end = rest.find('-');
    const std::string_view commit = rest.substr(0, end);
    const int row = FindRow(commit);
    if (row < 0) {
      std::vector<std::string> names;
      for (unsigned i = 0; i < h->nr_rows; ++i) names.emplace_back(h->rows[i].commit);
      *error = "unknown commit \"" + std::string(commit) + "\"" + Suggest(commit, names);
      return false;
    }
    profile->rows.reset(static_cast<size_t>(row));
    rest = end == rest.npos ? "" : rest.substr(end + 1);
  }
  return true;
}

}  // namespace

std::vector<const hotweave_target*> Targets() {
  std::vector<const hotweave_target*> out;
  for (const hotweave_target* t = __start_hotweave_targets; t != __stop_hotweave_targets; ++t) out.push_back(t);
  std::sort(out.begin(), out.end(), [](const hotweave_target* a, const hotweave_target* b) {
    return std::strcmp(a->name, b->name) < 0;
  });
  return out;
}

const hotweave_target* FindTarget(std::string_view name) {
  for (const hotweave_target* t : Targets()) {
    if (name == t->name) return t;
  }
  return nullptr;
}

const hotweave_history* History() {
  return +__start_hotweave_histories == +__stop_hotweave_histories ? nullptr : __start_hotweave_histories;
}

std::vector<const hotweave_expectation*> ExpectationsOf(std::string_view target) {
  std::vector<const hotweave_expectation*> out;
  for (const hotweave_expectation* e = __start_hotweave_expectations; e != __stop_hotweave_expectations; ++e) {
    if (target == e->target) out.push_back(e);
  }
  return out;
}

bool ParseTarget(std::string_view spec, const hotweave_target** target, Profile* profile, std::string* error) {
  const size_t at = spec.find('@');
  const std::string_view name = spec.substr(0, at);
  *target = FindTarget(name);
  if (!*target) {
    std::vector<std::string> names;
    for (const hotweave_target* t : Targets()) names.emplace_back(t->name);
    *error = "unknown target \"" + std::string(name) + "\"" + Suggest(name, names);
    return false;
  }
  if (at == spec.size() - 1) {
    *error = "no profile after the @ of \"" + std::string(spec) + "\": leave out the @ for the newest";
    return false;
  }
  return ParseProfile(at == spec.npos ? "" : spec.substr(at + 1), profile, error);
}

}  // namespace hotweave
