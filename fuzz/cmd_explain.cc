// SPDX-License-Identifier: GPL-2.0-only OR MIT
// `hotweave explain`: a stored finding in one of the forms of report/. Each form is a pure function and one line of the
// table below. See cli.h.
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "artifacts.h"
#include "cli.h"
#include "confirm.h"
#include "report/document.h"
#include "explain.h"
#include "report/dot.h"
#include "report/perfetto.h"
#include "report/html.h"
#include "report/sarif.h"
#include "report/symbolizer.h"
#include "report/text.h"
#include "show.h"
#include "stored.h"

namespace hotweave {
namespace {

using Renderer = std::string (*)(const Trace&, const Finding&, const ReportContext&, SymbolSource&);

struct Format {
  const char* name;
  Renderer render;
};

constexpr Format kFormats[] = {
    {"text", TextReport},
    {"perfetto", PerfettoReport},
    {"dot", DotReport},
    {"html", HtmlReport},
    {"json", JsonReport},
    {"sarif", SarifReport},
};

const Format& FormatByName(const std::string& name) {
  const auto* found = std::find_if(std::begin(kFormats), std::end(kFormats), [&](const Format& f) { return name == f.name; });
  if (found == std::end(kFormats)) throw std::runtime_error(fmt::format("unknown format \"{}\"", name));
  return *found;
}

int NothingToExplain(const ExplainCommand& c, const Resolved& resolved, const RunResult& result) {
  const bool bound = result.verdict == VerdictKind::OutOfBudget;
  fmt::print(stderr, "{}: {}: nothing to explain: {} {}\n", CommandName(), c.file, SpecOf(resolved),
             bound ? fmt::format("ends at a limit: {}", result.budget_reason) : "passes");
  return bound ? kExitBound : kExitPass;
}

}  // namespace

std::vector<std::string> ExplainFormats() {
  std::vector<std::string> names;
  for (const Format& f : kFormats) names.push_back(f.name);
  return names;
}

int RunExplain(const ExplainCommand& c) {
  const Format& format = FormatByName(c.format);
  if (!c.output.empty()) CheckPlace(c.output);
  const Resolved resolved = Resolve(c.common);
  const Stored stored = LoadStored(c.file);
  const RunOptions options = OptionsOf(stored, resolved, c.common);
  const RunResult once = RunInput(options, stored.input);
  if (!once.finding) return NothingToExplain(c, resolved, once);
  Confirmed confirmed = Confirm(options, stored.input, false);
  ConfirmLevel(c.common, options, 1, "", &confirmed);
  ReportContext context = ContextOf(c.common, resolved, confirmed);
  context.artifacts = {c.file};
  context.schedule = FormatSchedule(AnnotatedSchedule(confirmed));
  context.commands = NextCommands(c.format == "html" ? Done::Page : Done::Words, Unsaid(c.common, stored.schedule), resolved, c.file);
  context.explanation = Explain(options, confirmed);
  if (!c.output.empty()) context.colour = false;
  const std::string out = format.render(confirmed.trace, confirmed.finding, context, Symbolizer::Get());
  if (c.output.empty()) {
    fmt::print("{}", out);
  } else {
    WriteNamedFile(c.output, out, c.force);
    fmt::print(stderr, "{}: wrote {}\n", CommandName(), c.output);
  }
  return kExitFinding;
}

}  // namespace hotweave
