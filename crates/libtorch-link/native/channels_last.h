// Images in channels-last memory on a CPU, and what kernels for them this processor has.

#pragma once

#include <ATen/ATen.h>
#include <ATen/Version.h>

namespace channels_last {

// Whether ATen may use AVX-512 here.
inline bool has_avx512() {
  static const bool has = at::get_cpu_capability() == "AVX512";
  return has;
}

// Whether ATen may use AVX2 here, as it does with AVX-512, too.
inline bool has_avx2() {
  static const bool has = at::get_cpu_capability() == "AVX2";
  return has || has_avx512();
}

// Images with nothing written to them yet.
inline at::Tensor images(int64_t count, int64_t channels, int64_t height, int64_t width, const at::TensorOptions& options) {
  return at::empty({count, channels, height, width}, options, at::MemoryFormat::ChannelsLast);
}

}  // namespace channels_last
