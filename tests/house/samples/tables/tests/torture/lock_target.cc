HOTWEAVE_TARGET(lock_torture, "silent")
HOTWEAVE_TARGET(lock_torture_mutant_known, "found")
HOTWEAVE_TARGET(lock_torture_mutant_forgotten, "found")
HOTWEAVE_TARGET(other_torture, "silent")
