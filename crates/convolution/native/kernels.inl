// The kernels for one kind of vectors, `Wide`, of which there are so many REGISTERS: the including file defines both.

#include <algorithm>
#include <utility>

#include "unrolled.h"

namespace convolution {
namespace {

struct Narrow {
  static constexpr int LENGTH = 8;
  __m256 values;
  static Narrow zero() { return {_mm256_setzero_ps()}; }
  static Narrow load(const float* from) { return {_mm256_loadu_ps(from)}; }
  static Narrow all(const float* from) { return {_mm256_broadcast_ss(from)}; }
  void store(float* to) const { _mm256_storeu_ps(to, values); }
  void add_to(float* to) const { _mm256_storeu_ps(to, _mm256_add_ps(_mm256_loadu_ps(to), values)); }
  void add(Narrow a, Narrow b) { values = _mm256_fmadd_ps(a.values, b.values, values); }
};

// Sums of P rows and C vectors of columns.
template <class Vector, int P, int C>
struct Sums {
  Vector sums[P * C];
  __attribute__((always_inline)) Sums() {
    each<P * C>([this](auto i) { sums[i] = Vector::zero(); });
  }
  // Adds the products of a value for each row, place(row), and the C vectors at `columns`.
  template <class Place>
  __attribute__((always_inline)) void add(const float* columns, Place place) {
    Vector factors[C];
    each<C>([&](auto v) { factors[v] = Vector::load(columns + v * Vector::LENGTH); });
    each<P>([&](auto p) {
      const Vector value = Vector::all(place(p));
      each<C>([&](auto v) { sums[p * C + v].add(value, factors[v]); });
    });
  }
};

// Rows of A that lie in memory one after another, `length` floats of each, and the rows of B that they are multiplied by.
struct Segment {
  const float* a;
  const float* b;
  int64_t length;
};

constexpr int MOST_SEGMENTS = MOST_KERNEL * MOST_KERNEL;

// Where rows lie: `run` of them `step` floats apart, the next run `jump` floats after the first. A run is a multiple of three rows
// where it does not hold all of them.
struct Rows {
  int64_t run, step, jump;
};

// Goes from row to row.
struct Walk {
  const Rows& rows;
  int64_t at = 0, start = 0, done = 0;
  void forth(int64_t count) {
    at += count * rows.step;
    if ((done += count) >= rows.run) {
      at = start += rows.jump;
      done = 0;
    }
  }
};

// c[p] = Σ a[p] · b over the segments, for P rows and C vectors of columns. Rows of B lie `columns` floats apart.
template <class Vector, int P, int C>
void product(const Segment* segments, int count, const Rows& a_rows, int64_t first, int64_t columns, float* c,
             const Rows& c_rows) {
  // Three rows have one register for their place.
  constexpr int TRIPLES = (P + 2) / 3;
  int64_t places[TRIPLES];
  Walk walk{a_rows};
  for (int t = 0; t < TRIPLES; t++, walk.forth(3)) places[t] = first + walk.at;
  const int64_t step = a_rows.step;
  Sums<Vector, P, C> sums;
  for (int s = 0; s < count; s++) {
    const float* a[TRIPLES];
    each<TRIPLES>([&](auto t) { a[t] = segments[s].a + places[t]; });
    const float* b = segments[s].b;
    const int64_t length = segments[s].length;
    for (int64_t k = 0; k < length; k++, b += columns)
      sums.add(b, [&](auto p) __attribute__((always_inline)) { return a[p / 3] + (p % 3) * step + k; });
  }
  Walk out{c_rows};
  each<P>([&](auto p) {
    each<C>([&](auto v) { sums.sums[p * C + v].store(c + out.at + v * Vector::LENGTH); });
    out.forth(1);
  });
}

using Product = void (*)(const Segment*, int, const Rows&, int64_t, int64_t, float*, const Rows&);

template <class Vector, int C, int... P>
constexpr Product pick(int rows, std::integer_sequence<int, P...>) {
  constexpr Product all[] = {product<Vector, P + 1, C>...};
  return all[rows - 1];
}

// How many rows of sums fit into the registers beside the columns and a value of A.
template <int C>
constexpr int most_rows() {
  return (REGISTERS - C - 1) / C;
}

// The columns from `column` on that C vectors at a time can do; the column after them.
template <class Vector, int C>
int64_t multiply_columns(Segment* segments, int count, const Rows& a_rows, int64_t first, int64_t rows, int64_t columns,
                         int64_t column, float* c, const Rows& c_rows) {
  constexpr int64_t width = C * Vector::LENGTH;
  const Product product = pick<Vector, C>(rows, std::make_integer_sequence<int, most_rows<C>()>());
  for (; column + width <= columns; column += width) {
    product(segments, count, a_rows, first, columns, c + column, c_rows);
    for (int s = 0; s < count; s++) segments[s].b += width;
  }
  return column;
}

// How many rows are multiplied at once where there are so many columns.
inline int64_t most_rows_of(int64_t columns) { return columns >= 2 * Wide::LENGTH ? most_rows<2>() : most_rows<1>(); }

// c = Σ a · b over the segments, for all rows and columns.
void multiply(Segment* segments, int count, const Rows& a_rows, float* c, const Rows& c_rows, int64_t rows,
              int64_t columns) {
  // As many blocks as the registers ask for, of nearly the same height. One begins with a run, or lies within the only one.
  const bool whole = a_rows.run < rows;
  const int64_t most = most_rows_of(columns), unit = whole ? a_rows.run : 1, units = whole ? rows / unit : rows;
  const int64_t blocks = (units + most / unit - 1) / (most / unit);
  for (int64_t block = 0, first = 0; block < blocks; block++) {
    const int64_t end = units * (block + 1) / blocks, here = (end - first) * unit;
    const int64_t from = first * (whole ? a_rows.jump : a_rows.step);
    float* to = c + first * (whole ? c_rows.jump : c_rows.step);
    int64_t column = 0;
    if (columns >= 2 * Wide::LENGTH)
      column = multiply_columns<Wide, 2>(segments, count, a_rows, from, here, columns, column, to, c_rows);
    column = multiply_columns<Wide, 1>(segments, count, a_rows, from, here, columns, column, to, c_rows);
    if (Wide::LENGTH > Narrow::LENGTH)
      column = multiply_columns<Narrow, 1>(segments, count, a_rows, from, here, columns, column, to, c_rows);
    for (int s = 0; s < count; s++) segments[s].b -= column;
    first = end;
  }
}

// The same for pixels side by side, `run` of them, in each of `images`; steps are between pixels and between images.
void multiply_runs(Segment* segments, int count, int64_t a_step, int64_t a_image, float* c, int64_t c_step,
                   int64_t c_image, int64_t run, int64_t images, int64_t columns) {
  const int64_t together = run % 3 == 0 ? std::max<int64_t>(1, most_rows_of(columns) / run) : 1;
  for (int64_t image = 0; image < images; image += together) {
    const int64_t here = std::min(together, images - image);
    multiply(segments, count, {run, a_step, a_image}, c + image * c_image, {run, c_step, c_image}, here * run, columns);
    for (int s = 0; s < count; s++) segments[s].a += here * a_image;
  }
}

// Images that are multiplied together: one pixel of each is a row.
constexpr int64_t TOGETHER = 12;
// From so many pixels that see the same of the kernel on, these are the rows instead.
constexpr int64_t RUN = 6;

// Calls work(first image, images) for groups of nearly the same size.
template <class Work>
void each_group(int64_t first, int64_t end, Work work) {
  const int64_t groups = (end - first + TOGETHER - 1) / TOGETHER;
  for (int64_t group = 0; group < groups; group++) {
    const int64_t image = first + (end - first) * group / groups;
    work(image, first + (end - first) * (group + 1) / groups - image);
  }
}

// Columns of the output from the first that sees whole rows of the kernel to that after the last.
std::pair<int64_t, int64_t> whole_columns(const Shape& s) {
  const int64_t first = std::min(s.out_width, (s.padding + s.stride - 1) / s.stride);
  return {first, std::max(first, std::min(s.out_width, (s.width + s.padding - s.kernel) / s.stride + 1))};
}

void forward(const Shape& s, const float* x, const float* w, float* y, int64_t first, int64_t end) {
  const int64_t row = s.kernel * s.inputs * s.outputs, cell = s.inputs * s.outputs;
  const auto [inner, outer] = whole_columns(s);
  each_group(first, end, [&](int64_t image, int64_t images) {
    for (int64_t oh = 0; oh < s.out_height; oh++) {
      for (int64_t ow = 0; ow < s.out_width; ow++) {
        const bool run = ow == inner && outer - inner >= RUN;
        Segment segments[MOST_SEGMENTS];
        int count = 0;
        const int64_t left = ow * s.stride - s.padding;
        const int64_t from = std::max<int64_t>(0, -left), to = std::min(s.kernel, s.width - left);
        for (int64_t kh = 0; kh < s.kernel; kh++) {
          const int64_t ih = oh * s.stride + kh - s.padding;
          if (ih < 0 || ih >= s.height || from >= to) continue;
          segments[count++] = {x + image * s.image() + (ih * s.width + left + from) * s.inputs, w + kh * row + from * cell,
                               (to - from) * s.inputs};
        }
        float* out = y + image * s.output() + (oh * s.out_width + ow) * s.outputs;
        if (!run) {
          multiply(segments, count, {images, s.image(), 0}, out, {images, s.output(), 0}, images, s.outputs);
          continue;
        }
        multiply_runs(segments, count, s.stride * s.inputs, s.image(), out, s.outputs, s.output(), outer - inner, images,
                      s.outputs);
        ow = outer - 1;
      }
    }
  });
}

void input_gradient(const Shape& s, const float* dy, const float* w, float* dx, int64_t first, int64_t end) {
  const int64_t cell = s.inputs * s.outputs;
  // Columns of the input that all columns of the kernel see.
  const int64_t inner = std::max<int64_t>(0, s.kernel - 1 - s.padding);
  const int64_t outer = std::min(s.width, s.out_width - s.padding);
  each_group(first, end, [&](int64_t image, int64_t images) {
    for (int64_t ih = 0; ih < s.height; ih++) {
      for (int64_t iw = 0; iw < s.width; iw++) {
        const bool run = s.stride == 1 && iw == inner && outer - inner >= RUN;
        Segment segments[MOST_SEGMENTS];
        int count = 0;
        for (int64_t kh = 0; kh < s.kernel; kh++) {
          const int64_t down = ih + s.padding - kh, oh = down / s.stride;
          if (down < 0 || down % s.stride != 0 || oh >= s.out_height) continue;
          for (int64_t kw = 0; kw < s.kernel; kw++) {
            const int64_t across = iw + s.padding - kw, ow = across / s.stride;
            if (across < 0 || across % s.stride != 0 || ow >= s.out_width) continue;
            segments[count++] = {dy + image * s.output() + (oh * s.out_width + ow) * s.outputs,
                                 w + (kh * s.kernel + kw) * cell, s.outputs};
          }
        }
        float* out = dx + image * s.image() + (ih * s.width + iw) * s.inputs;
        if (!run) {
          multiply(segments, count, {images, s.output(), 0}, out, {images, s.image(), 0}, images, s.inputs);
          continue;
        }
        multiply_runs(segments, count, s.outputs, s.output(), out, s.inputs, s.image(), outer - inner, images, s.inputs);
        iw = outer - 1;
      }
    }
  });
}

// A block of pixels: `columns` in each of `rows` of each of `images`, and the steps between them in floats.
struct Block {
  int64_t images, rows, columns;
  int64_t x_image, x_row, x_column;
  int64_t dy_image, dy_row, dy_column;
};

// dw[p] += Σ x[p] · dy over the pixels, for P values of x that lie side by side and C vectors of dy.
template <class Vector, int P, int C>
void outer_product(const Block& block, const float* x, const float* dy, float* dw, int64_t dw_step) {
  Sums<Vector, P, C> sums;
  for (int64_t image = 0; image < block.images; image++)
    for (int64_t row = 0; row < block.rows; row++) {
      const float* a = x + image * block.x_image + row * block.x_row;
      const float* b = dy + image * block.dy_image + row * block.dy_row;
      for (int64_t column = 0; column < block.columns; column++, a += block.x_column, b += block.dy_column)
        sums.add(b, [&](auto p) __attribute__((always_inline)) { return a + p; });
    }
  // Sums of some pixels are added to those of all others: a chain of all of them would lose digits.
  each<P>([&](auto p) {
    each<C>([&](auto v) { sums.sums[p * C + v].add_to(dw + p * dw_step + v * Vector::LENGTH); });
  });
}

using OuterProduct = void (*)(const Block&, const float*, const float*, float*, int64_t);

template <class Vector, int C, int... P>
constexpr OuterProduct pick_outer(int rows, std::integer_sequence<int, P...>) {
  constexpr OuterProduct all[] = {outer_product<Vector, P + 1, C>...};
  return all[rows - 1];
}

template <class Vector, int C>
int64_t outer_columns(const Block& block, const float* x, const float* dy, float* dw, int64_t dw_step, int64_t rows,
                      int64_t column, int64_t end) {
  constexpr int most = most_rows<C>();
  const int64_t blocks = (rows + most - 1) / most;
  for (; column + C * Vector::LENGTH <= end; column += C * Vector::LENGTH)
    for (int64_t part = 0; part < blocks; part++) {
      const int64_t first = rows * part / blocks, here = rows * (part + 1) / blocks - first;
      pick_outer<Vector, C>(here, std::make_integer_sequence<int, most>())(block, x + first, dy + column,
                                                                            dw + first * dw_step + column, dw_step);
    }
  return column;
}

// The pixels that are passed over again and again, block of sums by block of sums: so many floats of them stay in the nearest
// cache, and fewer pixels than these would not be worth the loads and stores of the sums.
constexpr int64_t NEAR = 6144;
constexpr int64_t PIXELS = 128;

void weight_gradient(const Shape& s, const float* x, const float* dy, float* dw, int64_t first, int64_t end) {
  const int64_t x_row = s.width * s.inputs, dy_row = s.out_width * s.outputs;
  // Whole images, or strips of one, that lie in the nearest cache together.
  const int64_t most = std::max(PIXELS / s.out_width, NEAR / (s.stride * x_row + dy_row));
  const int64_t strip = std::clamp<int64_t>(most, 1, s.out_height);
  const int64_t pixels = s.out_height * s.out_width;
  const int64_t together = strip < s.out_height ? 1 : std::max<int64_t>(PIXELS / pixels, NEAR / (s.image() + s.output()));
  const auto [inner, outer] = whole_columns(s);
  for (int64_t image = 0; image < s.images; image += together)
    for (int64_t strip_top = 0; strip_top < s.out_height; strip_top += strip)
      for (int64_t kh = 0; kh < s.kernel; kh++) {
        // Rows of the output that see this row of the kernel.
        int64_t top = strip_top, bottom = std::min(strip_top + strip, s.out_height);
        while (top < bottom && top * s.stride + kh - s.padding < 0) top++;
        while (top < bottom && (bottom - 1) * s.stride + kh - s.padding >= s.height) bottom--;
        const float* x_top = x + image * s.image() + (top * s.stride + kh - s.padding) * x_row;
        const float* dy_top = dy + image * s.output() + top * dy_row;
        const int64_t images = std::min(together, s.images - image);
        for (int64_t ow = 0, columns; ow < s.out_width && top < bottom; ow += columns) {
          const int64_t left = ow * s.stride - s.padding;
          const int64_t from = std::max<int64_t>(0, -left), to = std::min(s.kernel, s.width - left);
          columns = ow == inner && outer > inner ? outer - inner : 1;
          if (from >= to) continue;
          const Block block = {images,    bottom - top,     columns,   s.image(), s.stride * x_row, s.stride * s.inputs,
                               s.output(), dy_row, s.outputs};
          const float *a = x_top + (left + from) * s.inputs, *b = dy_top + ow * s.outputs;
          float* c = dw + (kh * s.kernel + from) * s.inputs * s.outputs;
          const int64_t rows = (to - from) * s.inputs;
          int64_t column = outer_columns<Wide, 2>(block, a, b, c, s.outputs, rows, first, end);
          column = outer_columns<Wide, 1>(block, a, b, c, s.outputs, rows, column, end);
          if (Wide::LENGTH > Narrow::LENGTH) outer_columns<Narrow, 1>(block, a, b, c, s.outputs, rows, column, end);
        }
      }
}

}  // namespace
}  // namespace convolution
