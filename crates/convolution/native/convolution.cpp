// Convolution without bias, with autograd: over the kernels of kernels.h where they apply, and by ATen elsewhere.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "guard.h"
#include "kernels.h"

namespace {

using at::Tensor;

#ifdef CONVOLUTION_KERNELS

using convolution::Kernels;
using convolution::Shape;

// Whether this processor has the kernels, as far as ATen is allowed to use it.
bool supported() {
  static const bool has = at::get_cpu_capability() == "AVX2" || at::get_cpu_capability() == "AVX512";
  return has;
}

// The kernels for so many columns of results: fewer than a vector of AVX-512 holds go faster without it.
const Kernels& kernels(int64_t columns) {
  static const bool wide = at::get_cpu_capability() == "AVX512";
  return wide && columns >= 2 * convolution::LANES ? convolution::avx512 : convolution::avx2;
}

Shape shape_of(const Tensor& x, const Tensor& weight, int64_t stride, int64_t padding) {
  const auto side = [&](int64_t size) { return (size + 2 * padding - weight.size(2)) / stride + 1; };
  return {x.size(0),      x.size(2), x.size(3), x.size(1),       weight.size(0),
          weight.size(2), stride,    padding,   side(x.size(2)), side(x.size(3))};
}

bool is_float_image(const Tensor& x) {
  return x.device().is_cpu() && x.scalar_type() == at::kFloat && x.dim() == 4 && x.numel() > 0 &&
         x.is_contiguous(at::MemoryFormat::ChannelsLast);
}

// Whether these kernels are the faster ones. oneDNN's block weights that do not fit into a processor's second cache, and have the
// better gradients of many weights over large images.
bool pays(const Shape& s) {
  const int64_t pixels = s.out_height * s.out_width, weights = s.inputs * s.outputs;
  return pixels <= 4 || weights < 64 * 64 || (weights <= 128 * 128 && pixels <= 64);
}

bool applies(const Tensor& x, const Tensor& weight, int64_t stride, int64_t padding) {
  constexpr int64_t lanes = convolution::LANES;
  if (!supported() || !is_float_image(x) || weight.dim() != 4 || weight.scalar_type() != at::kFloat ||
      !weight.device().is_cpu() || weight.size(1) != x.size(1) || weight.size(2) != weight.size(3) ||
      weight.size(2) > convolution::MOST_KERNEL || weight.size(0) % lanes != 0 || weight.numel() == 0 || stride < 1 ||
      padding < 0 || std::min(x.size(2), x.size(3)) + 2 * padding < weight.size(2))
    return false;
  const bool learns = at::GradMode::is_enabled() && x.requires_grad();
  const Shape shape = shape_of(x, weight, stride, padding);
  return (!learns || x.size(1) % lanes == 0) && pays(shape);
}

// Floats for as long as they are needed; nothing is written to them first.
struct Scratch {
  explicit Scratch(int64_t size) : floats(new float[size]) {}
  float* get() const { return floats.get(); }
  std::unique_ptr<float[]> floats;
};

// Calls work(kernel row · kernel + kernel column) for the parts of the kernel that any output sees.
template <typename Work>
void each_used(const Shape& s, Work work) {
  for (int64_t kh = 0; kh < s.kernel; kh++)
    for (int64_t kw = 0; kw < s.kernel; kw++)
      if (convolution::is_used(kh, s.height, s.out_height, s.stride, s.padding) &&
          convolution::is_used(kw, s.width, s.out_width, s.stride, s.padding))
        work(kh * s.kernel + kw);
}

// Weights as they lie in memory: output, kernel row, kernel column, input.
Tensor by_output(const Tensor& weight) { return weight.contiguous(at::MemoryFormat::ChannelsLast); }

Tensor forward(const Tensor& x, const Tensor& weight, int64_t stride, int64_t padding) {
  const Shape s = shape_of(x, weight, stride, padding);
  const Tensor ordered = by_output(weight);
  const float* w = ordered.const_data_ptr<float>();
  const Scratch packed(s.weights());
  each_used(s, [&](int64_t at) {
    convolution::transpose(w + at * s.inputs, s.kernel * s.kernel * s.inputs, packed.get() + at * s.inputs * s.outputs,
                           s.outputs, s.outputs, s.inputs);
  });
  Tensor y = at::empty({s.images, s.outputs, s.out_height, s.out_width}, x.options(), at::MemoryFormat::ChannelsLast);
  const float* from = x.const_data_ptr<float>();
  float* to = y.mutable_data_ptr<float>();
  at::parallel_for(0, s.images, 1, [&](int64_t first, int64_t end) {
    kernels(s.outputs).forward(s, from, packed.get(), to, first, end);
  });
  return y;
}

Tensor input_gradient(const Shape& s, const Tensor& dy, const Tensor& weight) {
  const Tensor ordered = by_output(weight);
  const float* w = ordered.const_data_ptr<float>();
  const Scratch packed(s.weights());
  each_used(s, [&](int64_t at) {
    for (int64_t o = 0; o < s.outputs; o++)
      std::memcpy(packed.get() + (at * s.outputs + o) * s.inputs, w + (o * s.kernel * s.kernel + at) * s.inputs,
                  s.inputs * sizeof(float));
  });
  Tensor dx = at::empty({s.images, s.inputs, s.height, s.width}, dy.options(), at::MemoryFormat::ChannelsLast);
  const float* from = dy.const_data_ptr<float>();
  float* to = dx.mutable_data_ptr<float>();
  at::parallel_for(0, s.images, 1, [&](int64_t first, int64_t end) {
    kernels(s.inputs).input_gradient(s, from, packed.get(), to, first, end);
  });
  return dx;
}

Tensor weight_gradient(const Shape& s, const Tensor& x, const Tensor& dy, const Tensor& weight) {
  const Scratch sums(s.weights());
  const int64_t cell = s.inputs * s.outputs, row = s.kernel * s.kernel * s.inputs;
  each_used(s, [&](int64_t at) { std::fill_n(sums.get() + at * cell, cell, 0.0f); });
  const float *images = x.const_data_ptr<float>(), *gradients = dy.const_data_ptr<float>();
  // By outputs and not by images: so the order of additions is the same for every number of threads.
  at::parallel_for(0, s.outputs / convolution::LANES, 1, [&](int64_t first, int64_t end) {
    kernels(s.outputs).weight_gradient(s, images, gradients, sums.get(), first * convolution::LANES, end * convolution::LANES);
  });
  Tensor dw = at::zeros({s.outputs, s.kernel, s.kernel, s.inputs}, weight.options());
  float* to = dw.mutable_data_ptr<float>();
  each_used(s, [&](int64_t at) {
    convolution::transpose(sums.get() + at * cell, s.outputs, to + at * s.inputs, row, s.inputs, s.outputs);
  });
  return dw.permute({0, 3, 1, 2});
}

class Convolution : public torch::autograd::Function<Convolution> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, const Tensor& weight,
                        int64_t stride, int64_t padding) {
    context->save_for_backward({x, weight});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    return ::forward(x, weight, stride, padding);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "this convolution has no second derivative");
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1];
    const Shape shape =
        shape_of(x, weight, context->saved_data["stride"].toInt(), context->saved_data["padding"].toInt());
    const Tensor dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast), none;
    return {context->needs_input_grad(0) ? input_gradient(shape, dy, weight) : none,
            context->needs_input_grad(1) ? weight_gradient(shape, x, dy, weight) : none, none, none};
  }
};

#endif

// libtorch's convolution. A 1×1 kernel with a stride goes over the pixels that it reaches: oneDNN's gradient of such a weight writes
// beyond its memory on processors with AVX2 and without AVX-512 where channels-last images have 3 or 4 channels (torch 2.11.0). With 8
// and more nothing of the kind was found, and its bits stay what they were.
Tensor plain(const Tensor& x, const Tensor& weight, int64_t stride, int64_t padding) {
  const bool is_1x1 = weight.dim() == 4 && weight.size(2) == 1 && weight.size(3) == 1;
  if (!is_1x1 || stride <= 1 || padding != 0 || x.dim() != 4 || x.size(1) >= convolution::LANES || !x.device().is_cpu())
    return at::conv2d(x, weight, {}, stride, padding);
  const Tensor reached = x.slice(2, 0, std::nullopt, stride).slice(3, 0, std::nullopt, stride);
  return at::conv2d(reached.contiguous(x.suggest_memory_format()), weight);
}

Tensor convolve(const Tensor& x, const Tensor& weight, int64_t stride, int64_t padding) {
#ifdef CONVOLUTION_KERNELS
  if (applies(x, weight, stride, padding)) {
    const bool learns = at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad());
    return learns ? Convolution::apply(x, weight, stride, padding) : forward(x, weight, stride, padding);
  }
#endif
  return plain(x, weight, stride, padding);
}

}  // namespace

// Each gives a new tensor in `result` and null, or a message that is to be freed with `free`.
extern "C" char* convolution_plain(const Tensor* x, const Tensor* weight, int64_t stride, int64_t padding,
                                   Tensor** result) {
  return guarded([&] { *result = new Tensor(plain(*x, *weight, stride, padding)); });
}

extern "C" char* convolution_forward(const Tensor* x, const Tensor* weight, int64_t stride, int64_t padding,
                                     Tensor** result) {
  return guarded([&] { *result = new Tensor(convolve(*x, *weight, stride, padding)); });
}
