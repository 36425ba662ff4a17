// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Parsing of the command line. The one user of CLI11. See cli.h.
#include "cli.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <hotweave/version.h>

#include <cstdlib>
#include <functional>
#include <stdexcept>

#include "confirm.h"
#include "strategy/portfolio.h"

namespace hotweave {
namespace {

std::string command_name = "hotweave";

// ---- Options that mean the same wherever they stand --------------------------------------------------------

CLI::Option* AddJson(CLI::App* app, bool* json) {
  return app->add_flag("--json", *json, "print one JSON object and nothing else on standard output");
}
void AddQuiet(CLI::App* app, bool* quiet) { app->add_flag("--quiet,-q", *quiet, "no progress on standard error"); }
void AddForce(CLI::App* app, bool* force) { app->add_flag("--force", *force, "-o may replace a file"); }
void AddJobs(CLI::App* app, unsigned* jobs) {
  app->add_option("--jobs,-j", *jobs, "processes (default: one per processor)")->check(CLI::Range(1u, 256u));
}
void AddRuns(CLI::App* app, uint64_t* runs) {
  app->add_option("--runs", *runs, "stop after so many executions; 0: no limit")->check(CLI::NonNegativeNumber);
}

// Of options that name files and folders: an empty name is a mistake (a variable of a script that is not set).
const auto kHasName = [](const std::string& name) { return name.empty() ? std::string("an empty name") : std::string(); };

// What is executed, and under which rules.
void AddExecution(CLI::App* app, CommonOptions* o) {
  app->add_option("TARGET", o->target, "target, as in `list`: NAME[@PROFILE[-COMMIT]...]")->required();
  app->add_flag("--no-race", o->no_race, "do not report data races, only what comes of them");
  app->add_option("--lockdep", o->lockdep, "rules of lock order: up to 5.9, from 5.10, none, or those of the kernel's version")
      ->check(CLI::IsMember({"old", "new", "off", "auto"}))
      ->capture_default_str();
  app->add_flag("--raw-lock-nesting", o->raw_lock_nesting, "as CONFIG_PROVE_RAW_LOCK_NESTING: no spinlock_t inside a raw_spinlock_t");
  app->add_option("--model", o->model, "memory model")->check(CLI::IsMember({"sc"}))->capture_default_str();
  app->add_option("--max-steps", o->max_steps, "scheduling points of one execution")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1} << 40))
      ->capture_default_str();
}

void AddCommon(CLI::App* app, CommonOptions* o) {
  AddExecution(app, o);
  AddJson(app, &o->json);
  app->add_flag("--all", o->all, "every event in the report, not only those on the way to the finding");
  app->add_option("--confirm", o->confirm, "executions that try to make a lock-order report real; 0: do not try")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

// ---- The options of each command ---------------------------------------------------------------------------

std::vector<std::string> StrategyNames() {
  std::vector<std::string> names = RandomStrategies();
  names.push_back("guided");
  return names;
}

void AddFuzz(CLI::App* app, FuzzCommand* o) {
  AddCommon(app, &o->common);
  app->add_option("--seconds", o->seconds, "stop after so many seconds; 0: no limit (default 30 unless --runs is given)")
      ->check(CLI::NonNegativeNumber);
  AddRuns(app, &o->runs);
  app->add_option("--jobs,-j", o->jobs, "processes")->check(CLI::Range(1u, 256u))->capture_default_str();
  app->add_option("--strategy", o->strategy, "how schedules are chosen")
      ->check(CLI::IsMember(StrategyNames()))
      ->capture_default_str();
  app->add_option("--seed", o->seed, "of the search: equal seeds, equal executions")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app->add_option("--until", o->until, "go on until a finding whose fingerprint begins so; count the others");
  app->add_option("--corpus", o->corpus, "folder of inputs to begin with and to extend (guided)")->check(kHasName);
  app->add_option("--artifacts", o->artifacts, "folder for what is found")->check(kHasName)->capture_default_str();
  AddQuiet(app, &o->quiet);
}

void AddConvert(CLI::App* app, ConvertCommand* o) {
  AddCommon(app, &o->common);
  app->add_option("FILE", o->file, "schedule (.sched) or input bytes")->check(kHasName)->required();
  app->add_option("-o,--output", o->output, "what to write: a schedule if it is called *.sched, bytes if not")->check(kHasName)->required();
  AddForce(app, &o->force);
}

void AddExplain(CLI::App* app, ExplainCommand* o) {
  AddCommon(app, &o->common);
  app->add_option("FILE", o->file, "schedule (.sched) or input bytes")->check(kHasName)->required();
  app->add_option("--format", o->format, "how the finding is shown")->check(CLI::IsMember(ExplainFormats()))->capture_default_str();
  app->add_option("-o,--output", o->output, "file to write; standard output if not given")->check(kHasName);
  AddForce(app, &o->force);
}

void AddMinimize(CLI::App* app, MinimizeCommand* o) {
  AddCommon(app, &o->common);
  app->add_option("FILE", o->file, "schedule (.sched) or input bytes that lead to a finding")->check(kHasName)->required();
  app->add_option("-o,--output", o->output, "file for the result (default: a new one in the folder of --artifacts)")->check(kHasName);
  AddRuns(app, &o->runs);
  app->add_option("--seconds", o->seconds, "stop after so many seconds; 0: no limit. The result is then what was reached by then")
      ->check(CLI::NonNegativeNumber);
  app->add_option("--artifacts", o->artifacts, "folder for other findings met on the way")->check(kHasName)->capture_default_str();
  AddForce(app, &o->force);
  AddQuiet(app, &o->quiet);
}

void AddHistory(CLI::App* app, HistoryCommand* o) {
  CLI::Option* markdown = app->add_flag("--markdown", o->markdown, "two tables in Markdown");
  AddJson(app, &o->json)->excludes(markdown);
  app->add_option("--runs", o->runs, "executions of a scenario in each configuration before a \"no\" (default 500)");
  app->add_option("--seconds", o->seconds, "limit each of these searches by time instead; the table then depends on the machine")
      ->check(CLI::NonNegativeNumber);
  app->add_option("--confirm", o->confirm, "executions that try to make a lock-order report real (default 3000)");
  app->add_option("--only", o->only, "rows and programs whose name begins so: S0, S1-E, R2");
  app->add_option("--change", o->change, "rows taken out of (-COMMIT) or put into (+NAME) every profile");
  app->add_option("--corpus", o->corpus, "folder of the stored programs")->check(kHasName)->capture_default_str();
  AddQuiet(app, &o->quiet);
}

void AddAudit(CLI::App* app, AuditCommand* o) {
  app->add_option("TARGET", o->targets, "targets, as in `list`: NAME[@PROFILE[-COMMIT]...]");
  app->add_option("--all", o->all, "all targets, under this profile");
  app->add_option("--runs", o->runs, "executions of each target")->check(CLI::Range(uint64_t{1}, uint64_t{1} << 32))->capture_default_str();
  app->add_option("--seed", o->seed, "of the search")->check(CLI::NonNegativeNumber)->capture_default_str();
  app->add_option("--lock", o->locks, "locks whose callers are listed: beginnings of names (default cpu_hotplug and mem_hotplug)")
      ->allow_extra_args(false);
  CLI::Option* markdown = app->add_flag("--markdown", o->markdown, "tables in Markdown, of what ports do");
  AddJson(app, &o->json)->excludes(markdown);
}

void AddRegress(CLI::App* app, RegressCommand* o) {
  app->add_option("CORPUS", o->paths, "a corpus (TARGET/{seeds,crashers,programs}), or files of one")->check(kHasName)->capture_default_str();
  AddJobs(app, &o->jobs);
  app->add_option("--only", o->only, "files whose names have this in them: R1.2, crashers/, online_vs_probe");
  CLI::Option* profile = app->add_option("--profile", o->profile, "execute all under this profile instead of the one that each names");
  CLI::Option* expect = app->add_option("--expect", o->expect, "pass: expect no finding of any, as of a kernel that was mended")
                            ->check(CLI::IsMember({"pass"}));
  app->add_flag("--strict", o->strict, "a stale file is a disagreement");
  app->add_flag("--renew", o->renew, "write files anew that still lead where they say, with the exact schedule of now")
      ->excludes(profile)
      ->excludes(expect);
  app->add_option("--junit", o->junit, "write what became of each file as JUnit XML")->check(kHasName);
  app->add_flag("--force", o->force, "--junit may replace a file");
  app->add_option("--max-steps", o->max_steps, "scheduling points of one execution")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1} << 40))
      ->capture_default_str();
  AddJson(app, &o->json);
  app->add_flag("--quiet,-q", o->quiet, "no progress, and only files that are not as expected");
}

void AddCorpusAdd(CLI::App* app, CorpusAddCommand* o) {
  AddExecution(app, &o->common);
  app->add_option("FILE", o->files, "schedules (.sched) or inputs as bytes")->check(kHasName)->required();
  app->add_option("--corpus", o->corpus, "the corpus")->check(kHasName)->capture_default_str();
  app->add_option("--name", o->name, "name of the new file, without its ending (default: from the fingerprint)")->check(kHasName);
  app->add_flag("--minimize", o->minimize, "file the simplest execution with the finding, as `minimize` finds it");
  app->add_flag("--keep-both", o->keep_both, "file it though the corpus has this finding under this profile");
}

void AddCorpusMerge(CLI::App* app, CorpusMergeCommand* o) {
  app->add_option("FOLDER", o->folders, "FROM... INTO: corpora, or folders of artifacts; the last one grows")->check(kHasName)->required();
  AddJobs(app, &o->jobs);
  AddQuiet(app, &o->quiet);
}

void AddCorpusStats(CLI::App* app, CorpusStatsCommand* o) {
  app->add_option("CORPUS", o->corpus, "the corpus")->check(kHasName)->capture_default_str();
  AddJobs(app, &o->jobs);
  AddJson(app, &o->json);
}

void AddExplore(CLI::App* app, ExploreCommand* o) {
  AddCommon(app, &o->common);
  app->add_option("--preemptions", o->preemptions, "schedules with at most so many preemptions, early timers and rare choices; 0, 1, 2 ... in turn (default: all schedules)")
      ->check(CLI::Range(0, 200));
  app->add_option("--seconds", o->seconds, "stop after so many seconds; 0: no limit")->check(CLI::NonNegativeNumber);
  AddRuns(app, &o->runs);
  app->add_flag("--no-reduction", o->no_reduction, "run equivalent schedules too");
  app->add_flag("--keep-going", o->keep_going, "go on after a finding; list all");
  app->add_option("--artifacts", o->artifacts, "folder for what is found")->check(kHasName)->capture_default_str();
  AddQuiet(app, &o->quiet);
}

void AddList(CLI::App* app, ListCommand* o) {
  app->add_flag("--json", o->json, "print one JSON array");
}

void AddReplay(CLI::App* app, ReplayCommand* o) {
  AddCommon(app, &o->common);
  app->add_option("FILE", o->file, "schedule (.sched) or input bytes")->check(kHasName)->required();
  app->add_flag("--trace", o->trace, "print every event, also of an execution that passes");
  app->add_option("-o,--output", o->output, "write the exact schedule of this execution, with its hashes and what it shows")->check(kHasName);
  app->add_flag("--gdb{auto}", o->gdb,
                "print the command line of gdb that stops at the last preemption, and run it on a terminal (--gdb=print, --gdb=run)");
  app->add_option("--svg", o->svg, "write a picture of the interleaving that leads to the finding")->check(kHasName);
  app->add_flag("--shrink", o->shrink, "leave out departures that the finding does not need");
  app->add_flag("--force", o->force, "-o and --svg may replace a file");
  app->add_flag("--continue", o->keep_on, "if the stored finding does not show any more: search around the schedule for it");
  app->add_option("--runs", o->runs, "executions that --continue may take")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1} << 40))
      ->capture_default_str();
}

// CLI11 would say that a command is missing, not that this is none.
void CheckCommand(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-' || !app.get_subcommands([&](const CLI::App* a) { return a->check_name(argv[1]); }).empty()) return;
  throw std::runtime_error(fmt::format("unknown command \"{}\" (try {} --help)", argv[1], command_name));
}

// The commands with their options. The one that the line names is what is to be done.
class Commands {
 public:
  explicit Commands(CLI::App* app) {
    Add(app, "list", "targets and profiles of this program", &list_, AddList, RunList);
    Add(app, "fuzz", "search a target for findings", &fuzz_, AddFuzz, RunFuzz);
    Add(app, "replay", "repeat one execution: a .sched file or the bytes of an input", &replay_, AddReplay, RunReplay);
    Add(app, "convert", "the bytes of an input as a schedule with names, or a schedule as bytes; nothing is lost", &convert_, AddConvert,
        RunConvert);
    Add(app, "explain", "a finding in words and pictures, with what mattered, proved by taking it away", &explain_, AddExplain, RunExplain);
    Add(app, "minimize", "make a stored execution as simple as its finding allows", &minimize_, AddMinimize, RunMinimize);
    Add(app, "history", "what each variant of the kernel shows, measured, against what is known of it", &history_, AddHistory, RunHistory);
    Add(app, "audit", "who takes the hotplug locks while holding what, and latent inversions of lock order", &audit_, AddAudit, RunAudit);
    Add(app, "regress", "do stored executions still lead where they say", &regress_, AddRegress, RunRegress);
    CLI::App* corpus = app->add_subcommand("corpus", "add to a corpus, merge others into it, see what it holds");
    corpus->require_subcommand(1);
    Add(corpus, "add", "replay files and file what they show", &corpus_add_, AddCorpusAdd, RunCorpusAdd);
    Add(corpus, "merge", "take over what other folders have and this one lacks", &corpus_merge_, AddCorpusMerge, RunCorpusMerge);
    Add(corpus, "stats", "what a corpus holds, target by target", &corpus_stats_, AddCorpusStats, RunCorpusStats);
    Add(app, "explore", "run every schedule within a bound", &explore_, AddExplore, RunExplore);
  }
  int Run() const { return chosen_(); }

 private:
  template <typename Command>
  void Add(CLI::App* app, const char* name, const char* what, Command* options, void (*add)(CLI::App*, Command*), int (*run)(const Command&)) {
    CLI::App* command = app->add_subcommand(name, what);
    add(command, options);
    command->callback([this, options, run] { chosen_ = [options, run] { return run(*options); }; });
  }

  ListCommand list_;
  FuzzCommand fuzz_;
  ReplayCommand replay_;
  ConvertCommand convert_;
  ExplainCommand explain_;
  MinimizeCommand minimize_;
  HistoryCommand history_;
  AuditCommand audit_;
  RegressCommand regress_;
  CorpusAddCommand corpus_add_;
  CorpusMergeCommand corpus_merge_;
  CorpusStatsCommand corpus_stats_;
  ExploreCommand explore_;
  std::function<int()> chosen_;
};

int Parse(int argc, char** argv) {
  CLI::App app{"hotweave: deterministic concurrency fuzzing of kernel hotplug code", command_name};
  app.set_version_flag("--version", fmt::format("hotweave {}", HOTWEAVE_VERSION));
  app.require_subcommand(1);
  Commands commands(&app);
  CheckCommand(app, argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return kExitPass;
  } catch (const CLI::CallForVersion& e) {
    fmt::print("{}\n", e.what());
    return kExitPass;
  } catch (const CLI::ParseError& e) {
    fmt::print(stderr, "{}: {} (try {} --help)\n", command_name, e.what(), command_name);
    return kExitUsage;
  }
  return commands.Run();
}

}  // namespace

std::string CommandName() { return command_name; }

void SetCommandName(const char* argv0) {
  const char* from_launcher = std::getenv("HOTWEAVE_COMMAND");
  command_name = from_launcher ? from_launcher : argv0;
}

Resolved Resolve(const CommonOptions& common) {
  Resolved r;
  std::string error;
  if (!ParseTarget(common.target, &r.target, &r.profile, &error)) throw std::runtime_error(error);
  return r;
}

RunOptions Resolved::Options(const CommonOptions& common) const {
  RunOptions o;
  o.target = target;
  o.profile = &profile;
  o.race_detection = !common.no_race;
  o.max_steps = common.max_steps;
  o.lockdep = RulesByName(common.lockdep);
  o.raw_lock_nesting = common.raw_lock_nesting;
  return o;
}

LockdepRules RulesByName(const std::string& name) {
  if (name == "old") return LockdepRules::Old;
  if (name == "new") return LockdepRules::New;
  return name == "off" ? LockdepRules::Off : LockdepRules::Auto;
}

size_t TerminalWidth() {
  winsize size = {};
  if (isatty(1) && ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
  return 120;
}

int CliMain(int argc, char** argv) {
  SetCommandName(argc > 0 ? argv[0] : "hotweave");
  try {
    return Parse(argc, argv);
  } catch (const CannotBeStored& e) {
    fmt::print(stderr, "{}: {}\n", command_name, e.what());
    return kExitBound;
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}: {}\n", command_name, e.what());
    return kExitUsage;
  }
}

}  // namespace hotweave
