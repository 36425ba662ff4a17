// SPDX-License-Identifier: GPL-2.0-only OR MIT
// From a failure and the trace of its execution to a finding: title, fingerprint, sites in the trace, and
// whether a broken invariant is a lost update. Depends on core (failure, trace, symbols).
#pragma once

#include <hotweave/finding.h>

#include "core/failure.h"
#include "core/trace.h"

namespace hotweave {

// Kind, title and fingerprint need no trace: equal failures give equal fingerprints with and without one,
// except that an invariant can only be told to be a lost update with a trace.
Finding BuildFinding(const Failure& failure);

// The same with everything the trace knows. `tracer` still holds the names of the execution.
class Tracer;
Finding BuildFinding(const Failure& failure, Tracer& tracer);

// A lost update: T loads X, U stores X, T stores X from the old value. Indices into trace.events.
struct LostUpdate {
  uint32_t load, update, stale_store;
};
// The first lost update of the object's granule at `offset`, if the trace has one.
bool FindLostUpdate(const Trace& trace, uint32_t object, uint32_t offset, LostUpdate* out);

}  // namespace hotweave
