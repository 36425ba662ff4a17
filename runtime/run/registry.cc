// SPDX-License-Identifier: GPL-2.0-only OR MIT
// The program's targets, history and expectations, from the sections that the registration macros of
// <hotweave/target.h> fill; and the parser of "TARGET@PROFILE-COMMIT+COMMIT".
#include <hotweave/run.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include <linux/version.h>

extern "C" {
extern const hotweave_target __start_hotweave_targets[] __attribute__((weak));
extern const hotweave_target __stop_hotweave_targets[] __attribute__((weak));
extern const hotweave_expectation __start_hotweave_expectations[] __attribute__((weak));
extern const hotweave_expectation __stop_hotweave_expectations[] __attribute__((weak));
extern const hotweave_history __start_hotweave_histories[] __attribute__((weak));
extern const hotweave_history __stop_hotweave_histories[] __attribute__((weak));
extern const hotweave_matrix __start_hotweave_matrices[] __attribute__((weak));
extern const hotweave_matrix __stop_hotweave_matrices[] __attribute__((weak));
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

// The row of this name, or whose commit id begins with `commit`; -1 if none or the prefix is too short.
int FindRow(std::string_view commit) {
  const hotweave_history* h = History();
  for (unsigned i = 0; h && i < h->nr_rows; ++i) {
    const bool alteration = !*h->rows[i].first_release;
    const std::string_view name = h->rows[i].commit;
    if (name == commit || (!alteration && commit.size() >= 7 && name.starts_with(commit))) return static_cast<int>(i);
  }
  return -1;
}

// "4.20" as KERNEL_VERSION(4, 20, 0); the largest number for "", which no kernel reaches.
uint32_t ReleaseOf(const hotweave_history_row& row) {
  unsigned major = 0, minor = 0, patch = 0;
  if (std::sscanf(row.first_release, "%u.%u.%u", &major, &minor, &patch) < 2) return ~0u;
  return KERNEL_VERSION(major, minor, patch);
}

// The longest of the first `known` profiles' names that `spec` begins with and that a - or + or nothing follows.
const hotweave_profile* ProfileAtStartOf(std::string_view spec, unsigned known) {
  const hotweave_history* h = History();
  const hotweave_profile* best = nullptr;
  size_t length = 0;
  for (unsigned i = 0; i < known; ++i) {
    const std::string_view name = h->profiles[i].name;
    if (!spec.starts_with(name) || name.size() < length) continue;
    if (spec.size() > name.size() && spec[name.size()] != '-' && spec[name.size()] != '+') continue;
    best = &h->profiles[i];
    length = name.size();
  }
  return best;
}

bool ApplySpec(std::string_view spec, unsigned known, Profile* profile, std::string* error);

// The rows and the version of one entry of the table.
bool ApplyProfile(const hotweave_profile& p, Profile* profile, std::string* error) {
  const hotweave_history* h = History();
  if (p.rows) {
    for (const int* row = p.rows; *row >= 0; ++row) profile->rows.set(static_cast<size_t>(*row));
  } else if (p.like) {
    const unsigned before = static_cast<unsigned>(&p - h->profiles);   // so that no profile is like itself
    if (!ApplySpec(p.like, before, profile, error)) return false;
  } else {
    for (unsigned i = 0; i < h->nr_rows; ++i) profile->rows.set(i, ReleaseOf(h->rows[i]) <= p.version);
  }
  if (p.version || !p.like) profile->version = p.version;
  return true;
}

// "-ROW+ROW…"
bool ApplyChanges(std::string_view rest, Profile* profile, std::string* error) {
  while (!rest.empty()) {
    const bool in = rest[0] == '+';
    const size_t end = rest.find_first_of("+-", 1);
    const std::string_view commit = rest.substr(1, end == rest.npos ? end : end - 1);
    const int row = FindRow(commit);
    if (row < 0) {
      const hotweave_history* h = History();
      std::vector<std::string> names;
      for (unsigned i = 0; i < h->nr_rows; ++i) names.emplace_back(h->rows[i].commit);
      *error = "unknown commit \"" + std::string(commit) + "\"" + Suggest(commit, names);
      return false;
    }
    profile->rows.set(static_cast<size_t>(row), in);
    rest = end == rest.npos ? "" : rest.substr(end);
  }
  return true;
}

// `known`: how many entries of the table may be named.
bool ApplySpec(std::string_view spec, unsigned known, Profile* profile, std::string* error) {
  const hotweave_profile* base = ProfileAtStartOf(spec, known);
  if (!base) {
    const std::string_view name = spec.substr(0, spec.find_first_of("+-"));
    const hotweave_history* h = History();
    std::vector<std::string> names;
    for (unsigned i = 0; i < known; ++i) names.emplace_back(h->profiles[i].name);
    *error = "unknown profile \"" + std::string(name) + "\"" + Suggest(name, names);
    return false;
  }
  const std::string_view changes = spec.substr(std::strlen(base->name));
  return ApplyProfile(*base, profile, error) && ApplyChanges(changes, profile, error);
}

bool ParseProfile(std::string_view spec, Profile* profile, std::string* error) {
  if (spec.ends_with('-') || spec.ends_with('+')) {
    *error = std::string("nothing after the last ") + spec.back() + " of \"" + std::string(spec) + "\": name a commit";
    return false;
  }
  if (!History()) {
    if (spec.empty()) return true;
    *error = "this program has no history table, so no profile \"" + std::string(spec) + "\"; leave out the @";
    return false;
  }
  profile->name = spec.empty() ? NewestProfile()->name : std::string(spec);
  return ApplySpec(profile->name, History()->nr_profiles, profile, error);
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

const hotweave_matrix* Matrix() {
  return +__start_hotweave_matrices == +__stop_hotweave_matrices ? nullptr : __start_hotweave_matrices;
}

const hotweave_profile* NewestProfile() {
  const hotweave_history* h = History();
  if (!h) return nullptr;
  unsigned i = h->nr_profiles - 1;
  while (i > 0 && h->profiles[i].like) --i;
  return &h->profiles[i];
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
