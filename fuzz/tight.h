// SPDX-License-Identifier: GPL-2.0-only OR MIT
// What findings look like at their simplest: schedules with one preemption per edge of a deadlock's cycle, or one between a
// load and a store. Guesses, to be tried. Depends on attempts.h, points.h.
#pragma once

#include <vector>

#include "attempts.h"
#include "points.h"

namespace hotweave {

// Inputs to try instead of the attempt's own; most promising first, none for other kinds of finding.
std::vector<Input> TightInputs(const Attempt& attempt, const Points& points);

}  // namespace hotweave
