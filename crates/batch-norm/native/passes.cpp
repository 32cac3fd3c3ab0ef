// Batch normalisation and its gradients over the passes of rows.h.
//
// Compiled without FMA, like the part of ATen that moves the running statistics.

#include "passes.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <tuple>
#include <vector>

#include "channels_last.h"
#include "rows.h"

namespace batch_norm {
namespace {

using at::Tensor;
using rows::Rows;

// Calls `work` with the C++ type of the elements of a tensor.
template <typename Work>
auto by_type(const Tensor& x, Work work) {
  return x.scalar_type() == at::kBFloat16 ? work(uint16_t()) : work(float());
}

template <typename Scalar>
const Scalar* data(const Tensor& tensor) {
  return static_cast<const Scalar*>(tensor.const_data_ptr());
}

template <typename Scalar>
Scalar* data_to_write(const Tensor& tensor) {
  return static_cast<Scalar*>(tensor.mutable_data_ptr());
}

const float* floats(const Tensor& tensor) { return tensor.const_data_ptr<float>(); }

// Images of one pixel, which are contiguous and channels-last at once.
bool is_single_pixels(const Tensor& x) { return x.size(2) == 1 && x.size(3) == 1; }

// What is made of an input, in its memory format. Of single pixels ATen makes what has the strides of contiguous memory, and goes by
// them later.
Tensor output_like(const Tensor& x) {
  return is_single_pixels(x) ? at::empty_like(x, at::MemoryFormat::Contiguous) : at::empty_like(x);
}

// The type in which ATen adds up what its threads have summed in float.
template <typename Scalar>
using Total = std::conditional_t<std::is_same_v<Scalar, float>, double, float>;

// `sums` sums over `count` rows: each thread adds its rows to sums of its own by `work(sums, first row, rows)`.
template <typename Scalar, typename Work>
std::vector<Total<Scalar>> sum_rows(int64_t count, int64_t sums, Work work) {
  // The first loop of a thread sets its number of threads; before that is done, the number asked for may be another.
  at::internal::lazy_init_num_threads();
  const int threads = at::get_num_threads();
  std::vector<float> parts(threads * sums, 0.0f);
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    const int thread = at::get_thread_num();
    TORCH_CHECK(thread < threads, "a loop for ", threads, " threads has a thread of number ", thread);
    work(parts.data() + thread * sums, begin, end - begin);
  });
  std::vector<Total<Scalar>> totals(sums, 0);
  for (int t = 0; t < threads; t++)
    for (int64_t s = 0; s < sums; s++) totals[s] += parts[t * sums + s];
  return totals;
}

// A shortcut is added and a ReLU applied where they are asked for.
template <typename Scalar>
Tensor apply(const Tensor& x, const Tensor& weight, const Tensor& bias, const float* mean, const float* invstd,
             const Tensor& shortcut, bool relu) {
  const int64_t channels = x.size(1), count = x.numel() / channels;
  std::vector<float> scale(channels), shift(channels);
  rows::linear(scale.data(), shift.data(), floats(weight), floats(bias), mean, invstd, channels);
  Tensor y = output_like(x);
  const Scalar *from = data<Scalar>(x), *added = shortcut.defined() ? data<Scalar>(shortcut) : nullptr;
  Scalar* to = data_to_write<Scalar>(y);
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    const int64_t at = begin * channels;
    Rows<Scalar>::apply(to + at, from + at, scale.data(), shift.data(), added ? added + at : nullptr, relu, end - begin,
                        channels);
  });
  return y;
}

// Output, mean and reciprocal deviation of the batch; moves the running statistics where they are defined.
template <typename Scalar>
std::tuple<Tensor, Tensor, Tensor> forward(const Tensor& x, const Tensor& weight, const Tensor& bias,
                                           const Tensor& running_mean, const Tensor& running_var, double momentum,
                                           double eps, const Tensor& shortcut, bool relu) {
  const int64_t channels = x.size(1), count = x.numel() / channels;
  const Scalar* from = data<Scalar>(x);
  Tensor mean = at::empty({channels}, x.options().dtype(at::kFloat)), invstd = at::empty_like(mean);
  float *means = mean.mutable_data_ptr<float>(), *invstds = invstd.mutable_data_ptr<float>();
  const auto total = sum_rows<Scalar>(count, channels, [&](float* sum, int64_t first, int64_t rows) {
    Rows<Scalar>::sum(sum, from + first * channels, rows, channels);
  });
  for (int64_t c = 0; c < channels; c++) means[c] = static_cast<float>(total[c] / count);
  const auto squares = sum_rows<Scalar>(count, channels, [&](float* sum, int64_t first, int64_t rows) {
    Rows<Scalar>::squares(sum, from + first * channels, means, rows, channels);
  });
  for (int64_t c = 0; c < channels; c++) {
    const float variance = static_cast<float>(squares[c]) / count;
    invstds[c] = variance != 0 || eps != 0 ? static_cast<float>(1 / std::sqrt(variance + eps)) : 0;
  }
  if (running_mean.defined()) {
    float *moving = running_mean.mutable_data_ptr<float>(), *spread = running_var.mutable_data_ptr<float>();
    const float share = static_cast<float>(momentum);
    for (int64_t c = 0; c < channels; c++) {
      const Total<Scalar> unbiased = static_cast<float>(squares[c]) / (count - 1);
      moving[c] = share * means[c] + (1 - share) * moving[c];
      spread[c] = share * unbiased + (1 - share) * spread[c];
    }
  }
  return {apply<Scalar>(x, weight, bias, means, invstds, shortcut, relu), mean, invstd};
}

// Gradients of input, weight, bias and, where there was one, shortcut. `y` is the output of the ReLU, or undefined.
template <typename Scalar>
std::tuple<Tensor, Tensor, Tensor, Tensor> backward(const Tensor& x, const Tensor& dy, const Tensor& y,
                                                    const Tensor& weight, const Tensor& mean, const Tensor& invstd,
                                                    bool shortcut) {
  const int64_t channels = x.size(1), count = x.numel() / channels;
  // The gradient before the ReLU is that of the shortcut, too; without a shortcut it is made anew in each pass.
  Tensor kept = shortcut && y.defined() ? at::empty_like(x) : Tensor();
  Scalar* masked = kept.defined() ? data_to_write<Scalar>(kept) : nullptr;
  const Scalar *from = data<Scalar>(x), *gradient = data<Scalar>(dy), *output = y.defined() ? data<Scalar>(y) : nullptr;
  const auto sums = sum_rows<Scalar>(count, 2 * channels, [&](float* sum, int64_t first, int64_t rows) {
    const int64_t at = first * channels;
    Rows<Scalar>::gradients(sum, sum + channels, masked ? masked + at : nullptr, from + at, gradient + at,
                            output ? output + at : nullptr, floats(mean), rows, channels);
  });
  if (masked) {
    gradient = masked;
    output = nullptr;
  }
  Tensor weight_gradient = at::empty_like(weight), bias_gradient = at::empty_like(weight);
  std::vector<float> slope(channels), grad_mean(channels);
  for (int64_t c = 0; c < channels; c++) {
    const float sum = static_cast<float>(sums[c]), product = static_cast<float>(sums[channels + c]),
                deviation = floats(invstd)[c];
    slope[c] = product * deviation * deviation / count;
    grad_mean[c] = sum / count;
    weight_gradient.mutable_data_ptr<float>()[c] = product * deviation;
    bias_gradient.mutable_data_ptr<float>()[c] = sum;
  }
  Tensor dx = output_like(x);
  Scalar* to = data_to_write<Scalar>(dx);
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    const int64_t at = begin * channels;
    Rows<Scalar>::backward(to + at, from + at, gradient + at, output ? output + at : nullptr, floats(mean),
                           slope.data(), grad_mean.data(), floats(invstd), floats(weight), end - begin, channels);
  });
  return {dx, weight_gradient, bias_gradient, shortcut ? (kept.defined() ? kept : dy) : Tensor()};
}

// The same of single pixels whose gradient has strides of another memory format than `x`: ATen then sums element by element, the gradients
// in the order of its own sums and the products in double. `dy` is the gradient before the ReLU.
std::tuple<Tensor, Tensor, Tensor> backward_by_elements(const Tensor& x, const Tensor& dy, const Tensor& weight,
                                                        const Tensor& mean, const Tensor& invstd) {
  const int64_t channels = x.size(1), count = x.size(0);
  const Tensor sums = at::sum(dy, {0, 2, 3}), ordered = dy.contiguous();
  const float *from = floats(x), *gradient = floats(ordered), *sum = floats(sums), *means = floats(mean),
              *deviations = floats(invstd), *weights = floats(weight);
  std::vector<double> products(channels, 0.0);
  for (int64_t i = 0; i < count; i++)
    for (int64_t c = 0; c < channels; c++) products[c] += (from[i * channels + c] - means[c]) * gradient[i * channels + c];
  Tensor weight_gradient = at::empty_like(weight), dx = at::empty_like(x, x.suggest_memory_format());
  float *product = weight_gradient.mutable_data_ptr<float>(), *to = dx.mutable_data_ptr<float>();
  std::vector<float> slope(channels), grad_mean(channels);
  for (int64_t c = 0; c < channels; c++) {
    slope[c] = static_cast<float>(products[c]) * deviations[c] * deviations[c] / count;
    grad_mean[c] = sum[c] / count;
    product[c] = products[c] * deviations[c];
  }
  for (int64_t i = 0; i < count; i++)
    for (int64_t c = 0; c < channels; c++) {
      const float along = (from[i * channels + c] - means[c]) * slope[c];
      to[i * channels + c] = (gradient[i * channels + c] - grad_mean[c] - along) * deviations[c] * weights[c];
    }
  return {dx, weight_gradient, sums};
}

}  // namespace

bool has_channels(const Tensor& tensor, int64_t channels) {
  return tensor.defined() && tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous() &&
         tensor.dim() == 1 && tensor.size(0) == channels;
}

bool takes(at::IntArrayRef x) {
  return channels_last::has_avx2() && x[0] * x[2] * x[3] > at::get_num_threads() && x[1] > 0 && x[1] % rows::LANES == 0;
}

bool takes(const Tensor& x) {
  if (!x.device().is_cpu() || x.dim() != 4 || !takes(x.sizes()) || !x.is_contiguous(at::MemoryFormat::ChannelsLast))
    return false;
  return x.scalar_type() == at::kFloat ? !x.is_contiguous() || is_single_pixels(x)
                                       : x.scalar_type() == at::kBFloat16 && !x.is_contiguous();
}

Normalised forward(const Tensor& x, const Layer& layer, double momentum, double eps, const Tensor& shortcut, bool relu) {
  auto [y, mean, invstd] = by_type(x, [&](auto scalar) {
    return forward<decltype(scalar)>(x, layer.weight, layer.bias, layer.running_mean, layer.running_var, momentum, eps,
                                     shortcut, relu);
  });
  return {y, mean, invstd};
}

Gradients backward(const Tensor& x, const Tensor& gradient, const Tensor& output, const Tensor& weight, const Tensor& mean,
                   const Tensor& invstd, bool shortcut) {
  Tensor dy = gradient, y = output;
  if (is_single_pixels(x)) {
    if (y.defined()) dy = at::threshold_backward(dy, y, 0);
    y = Tensor();
    const bool contiguous = dy.is_contiguous() || dy.is_contiguous(at::MemoryFormat::ChannelsLast);
    if (!contiguous || dy.suggest_memory_format() != x.suggest_memory_format()) {
      auto [dx, weight_gradient, bias_gradient] = backward_by_elements(x, dy, weight, mean, invstd);
      return {dx, weight_gradient, bias_gradient, shortcut ? dy : Tensor()};
    }
  } else {
    dy = dy.contiguous(at::MemoryFormat::ChannelsLast);
  }
  auto [dx, weight_gradient, bias_gradient, before_relu] = by_type(x, [&](auto scalar) {
    return backward<decltype(scalar)>(x, dy, y, weight, mean, invstd, shortcut);
  });
  return {dx, weight_gradient, bias_gradient, before_relu};
}

Tensor evaluate(const Tensor& x, const Layer& layer, double eps, const Tensor& shortcut, bool relu) {
  std::vector<float> invstd(x.size(1));
  rows::inverse_deviations(invstd.data(), floats(layer.running_var), eps, x.size(1));
  return by_type(x, [&](auto scalar) {
    return apply<decltype(scalar)>(x, layer.weight, layer.bias, floats(layer.running_mean), invstd.data(), shortcut, relu);
  });
}

}  // namespace batch_norm
