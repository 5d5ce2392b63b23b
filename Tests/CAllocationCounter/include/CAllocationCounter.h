/// Counts heap allocations, by standing in for malloc and its kin in the test program.
///
/// Per thread: tests run side by side, and what another one allocates is no business of the one that counts.
#pragma once

/// Starts counting on the calling thread, from 0.
void allocation_counter_start(void);

/// Stops counting. Returns how many allocations the calling thread has made since it started.
long allocation_counter_stop(void);
