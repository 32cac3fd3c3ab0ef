// Winograd's convolution for one kind of vectors; included behind kernels.inl, whose vectors and products it takes.

#include <memory>

namespace convolution {
namespace {

template <class Vector>
inline __attribute__((always_inline)) Vector plus(Vector a, Vector b) {
  return {a.values + b.values};
}
template <class Vector>
inline __attribute__((always_inline)) Vector minus(Vector a, Vector b) {
  return {a.values - b.values};
}
template <class Vector>
inline __attribute__((always_inline)) Vector half(Vector a) {
  return {0.5f * a.values};
}

// Work on all channels: as many as there are wide vectors of, then the rest; work(kind of vector, channel).
template <class Work>
inline __attribute__((always_inline)) void each_vector(int64_t channels, Work work) {
  int64_t channel = 0;
  for (; channel + Wide::LENGTH <= channels; channel += Wide::LENGTH) work(Wide(), channel);
  if (Wide::LENGTH > Narrow::LENGTH)
    for (; channel < channels; channel += Narrow::LENGTH) work(Narrow(), channel);
}

// Bᵀ·d of four values a step apart.
template <int STEP, class Vector>
inline __attribute__((always_inline)) void to_input(Vector* d) {
  const Vector d0 = d[0], d1 = d[STEP], d2 = d[2 * STEP], d3 = d[3 * STEP];
  d[0] = minus(d0, d2);
  d[STEP] = plus(d1, d2);
  d[2 * STEP] = minus(d2, d1);
  d[3 * STEP] = minus(d1, d3);
}

// to[point] = Bᵀ d B of the 4×4 pixels `at`.
void transform_input_tile(const float* const* at, int64_t channels, float* to, int64_t step) {
  each_vector(channels, [&](auto kind, int64_t channel) __attribute__((always_inline)) {
    using Vector = decltype(kind);
    Vector d[POINTS];
    each<POINTS>([&](auto i) { d[i] = Vector::load(at[i] + channel); });
    each<4>([&](auto i) { to_input<4>(d + i); });
    each<4>([&](auto i) { to_input<1>(d + 4 * i); });
    each<POINTS>([&](auto i) { d[i].store(to + i * step + channel); });
  });
}

// The 2×2 pixels `to` = Aᵀ m A of m[point].
void transform_output_tile(const float* m, int64_t step, int64_t channels, float* const* to) {
  each_vector(channels, [&](auto kind, int64_t channel) __attribute__((always_inline)) {
    using Vector = decltype(kind);
    Vector rows[8];
    each<4>([&](auto i) {
      const auto at = [&](int row) { return Vector::load(m + (row * 4 + i) * step + channel); };
      const Vector m1 = at(1), m2 = at(2);
      rows[i] = plus(plus(at(0), m1), m2);
      rows[4 + i] = minus(minus(m1, m2), at(3));
    });
    each<2>([&](auto r) {
      const Vector* row = rows + 4 * r;
      plus(plus(row[0], row[1]), row[2]).store(to[2 * r] + channel);
      minus(minus(row[1], row[2]), row[3]).store(to[2 * r + 1] + channel);
    });
  });
}

// to[point] = A dy Aᵀ of the 2×2 pixels `at`.
void transform_gradient_tile(const float* const* at, int64_t channels, float* to, int64_t step) {
  each_vector(channels, [&](auto kind, int64_t channel) __attribute__((always_inline)) {
    using Vector = decltype(kind);
    Vector rows[8];
    each<2>([&](auto i) {
      const Vector a = Vector::load(at[i] + channel), b = Vector::load(at[2 + i] + channel);
      rows[i] = a;
      rows[2 + i] = plus(a, b);
      rows[4 + i] = minus(a, b);
      rows[6 + i] = minus(Vector::zero(), b);
    });
    each<4>([&](auto r) {
      const Vector a = rows[2 * r], b = rows[2 * r + 1];
      float* row = to + 4 * r * step + channel;
      a.store(row);
      plus(a, b).store(row + step);
      minus(a, b).store(row + 2 * step);
      minus(Vector::zero(), b).store(row + 3 * step);
    });
  });
}

// Calls work(tile from `first` on, image, row and column of the tile) for tiles first … end of all images.
template <class Work>
void each_tile(const Shape& s, int64_t first, int64_t end, Work work) {
  const int64_t columns = tile_columns(s), of_image = tiles(s);
  for (int64_t tile = first; tile < end; tile++)
    work(tile - first, tile / of_image, tile % of_image / columns, tile % columns);
}

// The places of the tile's `side` × `side` pixels from (top, left) on in an image; those beyond it are `outside`.
template <class Float>
void places(Float* image, int64_t height, int64_t width, int64_t channels, int64_t top, int64_t left, int64_t side,
            Float* outside, Float** at) {
  for (int64_t row = top; row < top + side; row++)
    for (int64_t column = left; column < left + side; column++) {
      const bool inside = row >= 0 && row < height && column >= 0 && column < width;
      *at++ = inside ? image + (row * width + column) * channels : outside;
    }
}

// v[point][tile] for tiles first … end, points `step` floats apart.
void transform_inputs(const Shape& s, const float* x, int64_t first, int64_t end, const float* zeros, float* v, int64_t step) {
  each_tile(s, first, end, [&](int64_t tile, int64_t image, int64_t row, int64_t column) {
    const float* at[POINTS];
    places(x + image * s.image(), s.height, s.width, s.inputs, 2 * row - s.padding, 2 * column - s.padding, 4, zeros, at);
    transform_input_tile(at, s.inputs, v + tile * s.inputs, step);
  });
}

void winograd_forward(const Shape& s, const float* x, const float* u, float* y, int64_t first, int64_t end) {
  const int64_t from = first * tiles(s), all = end * tiles(s) - from;
  const int64_t blocks = blocks_of(all, tiles_forward(s)), most = (all + blocks - 1) / blocks;
  const int64_t v_step = point_step(most, s.inputs), m_step = point_step(most, s.outputs);
  const std::unique_ptr<float[]> v(new float[POINTS * v_step]), m(new float[POINTS * m_step]);
  const std::unique_ptr<float[]> zeros(new float[s.inputs]()), unseen(new float[s.outputs]);
  for (int64_t block = 0; block < blocks; block++) {
    const int64_t start = from + all * block / blocks, stop = from + all * (block + 1) / blocks, here = stop - start;
    transform_inputs(s, x, start, stop, zeros.get(), v.get(), v_step);
    for (int64_t point = 0; point < POINTS; point++)
      for (int64_t column = 0; column < s.outputs; column += PANEL) {
        Segment segment = {v.get() + point * v_step, u + (point * s.outputs + column) * s.inputs, s.inputs};
        multiply(&segment, 1, {here, s.inputs, 0}, m.get() + point * m_step + column, {here, s.outputs, 0}, here,
                 std::min(PANEL, s.outputs - column));
      }
    each_tile(s, start, stop, [&](int64_t tile, int64_t image, int64_t row, int64_t column) {
      float* to[4];
      places(y + image * s.output(), s.out_height, s.out_width, s.outputs, 2 * row, 2 * column, 2, unseen.get(), to);
      transform_output_tile(m.get() + tile * s.outputs, m_step, s.outputs, to);
    });
  }
}

void winograd_products(const Shape& s, const float* x, const float* dy, float* du, int64_t first, int64_t end) {
  const int64_t all = s.images * tiles(s), blocks = blocks_of(all, tiles_backward(s)), most = (all + blocks - 1) / blocks;
  const int64_t outputs = end - first, v_step = point_step(most, s.inputs), z_step = point_step(most, outputs);
  const std::unique_ptr<float[]> v(new float[POINTS * v_step]), z(new float[POINTS * z_step]);
  const std::unique_ptr<float[]> zeros(new float[std::max(s.inputs, s.outputs)]());
  for (int64_t number = 0; number < blocks; number++) {
    const int64_t start = all * number / blocks, stop = all * (number + 1) / blocks;
    transform_inputs(s, x, start, stop, zeros.get(), v.get(), v_step);
    each_tile(s, start, stop, [&](int64_t tile, int64_t image, int64_t row, int64_t column) {
      const float* at[4];
      places(dy + image * s.output() + first, s.out_height, s.out_width, s.outputs, 2 * row, 2 * column, 2,
             static_cast<const float*>(zeros.get()), at);
      transform_gradient_tile(at, outputs, z.get() + tile * outputs, z_step);
    });
    const Block block = {1, 1, stop - start, 0, 0, s.inputs, 0, 0, outputs};
    for (int64_t point = 0; point < POINTS; point++) {
      const float *a = v.get() + point * v_step, *b = z.get() + point * z_step;
      float* c = du + point * s.inputs * s.outputs + first;
      int64_t column = outer_columns<Wide, 2>(block, a, b, c, s.outputs, s.inputs, 0, outputs);
      column = outer_columns<Wide, 1>(block, a, b, c, s.outputs, s.inputs, column, outputs);
      if (Wide::LENGTH > Narrow::LENGTH) outer_columns<Narrow, 1>(block, a, b, c, s.outputs, s.inputs, column, outputs);
    }
  }
}

// G·w of three values: w0, (w0 + w1 + w2) / 2, (w0 − w1 + w2) / 2, w2.
template <class Vector>
inline __attribute__((always_inline)) void to_weights(Vector w0, Vector w1, Vector w2, Vector* to, int step) {
  const Vector ends = plus(w0, w2);
  to[0] = w0;
  to[step] = half(plus(ends, w1));
  to[2 * step] = half(minus(ends, w1));
  to[3 * step] = w2;
}

void winograd_weights(const Shape& s, const float* w, float* u) {
  const int64_t cell = s.inputs * s.outputs;
  for (int64_t panel = 0; panel < s.outputs; panel += PANEL) {
    const int64_t width = std::min(PANEL, s.outputs - panel);
    for (int64_t input = 0; input < s.inputs; input++) {
      const float* from = w + input * s.outputs + panel;
      float* to = u + panel * s.inputs + input * width;
      each_vector(width, [&](auto kind, int64_t column) __attribute__((always_inline)) {
        using Vector = decltype(kind);
        Vector rows[12], points[4];
        each<3>([&](auto c) {
          const auto at = [&](int row) { return Vector::load(from + (3 * row + c) * cell + column); };
          to_weights(at(0), at(1), at(2), rows + c, 3);
        });
        each<4>([&](auto r) {
          to_weights(rows[3 * r], rows[3 * r + 1], rows[3 * r + 2], points, 1);
          each<4>([&](auto c) { points[c].store(to + (4 * r + c) * cell + column); });
        });
      });
    }
  }
}

// Gᵀ·u of four values a step apart: u0 + (u1 + u2) / 2, (u1 − u2) / 2, (u1 + u2) / 2 + u3.
template <class Vector>
inline __attribute__((always_inline)) void from_weights(const Vector* u, int step, Vector* to, int to_step) {
  const Vector sum = half(plus(u[step], u[2 * step]));
  to[0] = plus(u[0], sum);
  to[to_step] = half(minus(u[step], u[2 * step]));
  to[2 * to_step] = plus(sum, u[3 * step]);
}

void winograd_weight_gradient(const Shape& s, const float* du, float* dw) {
  const int64_t cell = s.inputs * s.outputs;
  each_vector(cell, [&](auto kind, int64_t at) __attribute__((always_inline)) {
    using Vector = decltype(kind);
    Vector u[POINTS], rows[12], w[9];
    each<POINTS>([&](auto point) { u[point] = Vector::load(du + point * cell + at); });
    each<4>([&](auto c) { from_weights(u + c, 4, rows + c, 4); });
    each<3>([&](auto r) { from_weights(rows + 4 * r, 1, w + 3 * r, 1); });
    each<9>([&](auto place) { w[place].store(dw + place * cell + at); });
  });
}

}  // namespace
}  // namespace convolution
