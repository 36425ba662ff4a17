// SPDX-License-Identifier: GPL-2.0-only OR MIT
// Not compiled: one use of each banned word, and below them what only looks like one.
rand(); srand(1); rand_r(&x);
drand48();
random(); srandom(1);
arc4random_uniform(2);
getrandom(p, n, 0);
std::random_device device;
std::normal_distribution<> d;
std::uniform_int_distribution<int> d;
std::shuffle(b, e, g);
time(nullptr);
clock();
clock_gettime(CLOCK_MONOTONIC, &ts);
gettimeofday(&tv, nullptr);
std::chrono::steady_clock::now();
__rdtsc();
__builtin_ia32_rdtsc();
std::unordered_map<int, int> m;
std::hash<int> h;
std::getenv("X"); secure_getenv("X");
environ[0];
std::thread t;
pthread_create(&t, nullptr, f, nullptr);
std::async(f);
thread_local int x;
static __thread int y;
puts(__DATE__);
puts(__TIME__);

// rand() and std::chrono in a comment, /* time( */ "in a string: getenv(", strtime( as part of a word,
/* and over
   two lines: time(0); */
x.time(); y->clock(); char c = '"'; operand(1); int n = 1'000; runtime(2); hotweave_thread_local_x();
#include <unordered_map>
