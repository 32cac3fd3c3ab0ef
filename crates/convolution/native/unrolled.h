// Loops that are unrolled.

#pragma once

#include <utility>

namespace convolution {
namespace {

// Calls work(0), …, work(N − 1) with numbers that are known when this is compiled: an array that is indexed by them lives in
// registers, which one in a loop that is unrolled later does not.
template <int N, class Work, int... I>
inline __attribute__((always_inline)) void each(Work work, std::integer_sequence<int, I...>) {
  (work(std::integral_constant<int, I>()), ...);
}
template <int N, class Work>
inline __attribute__((always_inline)) void each(Work work) {
  each<N>(work, std::make_integer_sequence<int, N>());
}

}  // namespace
}  // namespace convolution
