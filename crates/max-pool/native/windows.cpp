// Compiled with AVX2.

#include "windows.h"

#include <immintrin.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace windows {
namespace {

// Numbers first … end, by one dimension of an image.
struct Range {
  int64_t first, end;
};

// The rows or columns that the window of an output has, of `size` that there are.
Range pixels(const Shape& s, int64_t out, int64_t size) {
  const int64_t start = out * s.stride - s.padding;
  return {std::max<int64_t>(start, 0), std::min(start + s.kernel, size)};
}

// The outputs, of `out_size` that there are, whose windows have a row or column, for each of `size`.
std::vector<Range> outputs(const Shape& s, int64_t size, int64_t out_size) {
  std::vector<Range> ranges;
  for (int64_t at = 0; at < size; at++) {
    const int64_t beyond = at + s.padding - s.kernel;
    ranges.push_back({beyond < 0 ? 0 : beyond / s.stride + 1, std::min((at + s.padding) / s.stride + 1, out_size)});
  }
  return ranges;
}

// Eight bytes in memory as eight numbers, and the other way.
__m256i load(const uint8_t* from) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
}

void store(uint8_t* to, __m256i numbers) {
  const __m128i words = _mm_packus_epi32(_mm256_castsi256_si128(numbers), _mm256_extracti128_si256(numbers, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_packus_epi16(words, words));
}

// The largest of a window that has these rows and columns, and its index. What is not a number counts as larger than what came before.
template <bool with_indices>
void window(const Shape& s, const float* x, Range rows, Range columns, int64_t top, int64_t left, float* y,
            uint8_t* indices) {
  for (int64_t c = 0; c < s.channels; c += LANES) {
    __m256 best = _mm256_set1_ps(-std::numeric_limits<float>::infinity());
    int32_t index = static_cast<int32_t>((rows.first - top) * s.kernel + columns.first - left);
    __m256i found = _mm256_set1_epi32(index);
    for (int64_t row = rows.first; row < rows.end; row++) {
      index = static_cast<int32_t>((row - top) * s.kernel + columns.first - left);
      const float* from = x + (row * s.width + columns.first) * s.channels + c;
      for (int64_t column = columns.first; column < columns.end; column++, index++, from += s.channels) {
        const __m256 value = _mm256_loadu_ps(from);
        const __m256 larger =
            _mm256_or_ps(_mm256_cmp_ps(value, best, _CMP_GT_OQ), _mm256_cmp_ps(value, value, _CMP_UNORD_Q));
        best = _mm256_blendv_ps(best, value, larger);
        if constexpr (with_indices)
          found = _mm256_blendv_epi8(found, _mm256_set1_epi32(index), _mm256_castps_si256(larger));
      }
    }
    _mm256_storeu_ps(y + c, best);
    if constexpr (with_indices) store(indices + c, found);
  }
}

}  // namespace

void largest(const Shape& s, const float* x, float* y, uint8_t* indices, int64_t first, int64_t end) {
  for (int64_t image = first; image < end; image++)
    for (int64_t row = 0; row < s.out_height; row++)
      for (int64_t column = 0; column < s.out_width; column++) {
        const int64_t at = image * s.output() + (row * s.out_width + column) * s.channels;
        const int64_t top = row * s.stride - s.padding, left = column * s.stride - s.padding;
        const Range rows = pixels(s, row, s.height), columns = pixels(s, column, s.width);
        const float* from = x + image * s.image();
        if (indices)
          window<true>(s, from, rows, columns, top, left, y + at, indices + at);
        else
          window<false>(s, from, rows, columns, top, left, y + at, nullptr);
      }
}

void gradient(const Shape& s, const float* dy, const uint8_t* indices, float* dx, int64_t first, int64_t end) {
  const std::vector<Range> rows = outputs(s, s.height, s.out_height), columns = outputs(s, s.width, s.out_width);
  const int64_t out_row = s.out_width * s.channels;
  dy += first * s.output();
  indices += first * s.output();
  for (int64_t image = first; image < end; image++, dy += s.output(), indices += s.output())
    for (int64_t row = 0; row < s.height; row++)
      for (int64_t column = 0; column < s.width; column++) {
        float* to = dx + image * s.image() + (row * s.width + column) * s.channels;
        const Range down = rows[row], across = columns[column];
        // The pixel's index in the first of the windows; in the next one it is smaller by the stride.
        const int64_t top = row + s.padding - down.first * s.stride, left = column + s.padding - across.first * s.stride;
        for (int64_t c = 0; c < s.channels; c += LANES) {
          __m256 sum = _mm256_setzero_ps();
          int64_t index = top * s.kernel + left, at = down.first * out_row + across.first * s.channels + c;
          for (int64_t oh = down.first; oh < down.end; oh++, index -= s.stride * s.kernel, at += out_row) {
            auto here = static_cast<int32_t>(index);
            for (int64_t ow = across.first, of = at; ow < across.end; ow++, of += s.channels, here -= s.stride) {
              const __m256i is = _mm256_cmpeq_epi32(load(indices + of), _mm256_set1_epi32(here));
              sum = _mm256_add_ps(sum, _mm256_and_ps(_mm256_castsi256_ps(is), _mm256_loadu_ps(dy + of)));
            }
          }
          _mm256_storeu_ps(to + c, sum);
        }
      }
}

}  // namespace windows
