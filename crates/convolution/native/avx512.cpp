// The kernels for processors with AVX-512.

#include <immintrin.h>

#include "kernels.h"
#include "winograd.h"

namespace convolution {
namespace {

struct Wide {
  static constexpr int LENGTH = 16;
  __m512 values;
  static Wide zero() { return {_mm512_setzero_ps()}; }
  static Wide load(const float* from) { return {_mm512_loadu_ps(from)}; }
  static Wide all(const float* from) { return {_mm512_set1_ps(*from)}; }
  void store(float* to) const { _mm512_storeu_ps(to, values); }
  void add_to(float* to) const { _mm512_storeu_ps(to, _mm512_add_ps(_mm512_loadu_ps(to), values)); }
  void add(Wide a, Wide b) { values = _mm512_fmadd_ps(a.values, b.values, values); }
};

}  // namespace
}  // namespace convolution

#define REGISTERS 32
#include "kernels.inl"
#include "winograd.inl"

namespace convolution {
const Kernels avx512 = {forward, input_gradient, weight_gradient};
const Winograd winograd_avx512 = {winograd_weights, winograd_forward, winograd_products, winograd_weight_gradient};
}
