// Max-pooling with autograd: over the passes of windows.h where they apply, and by ATen elsewhere.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "channels_last.h"
#include "guard.h"
#include "windows.h"

namespace {

using at::Tensor;

#ifdef MAX_POOL_WINDOWS

using windows::Shape;

Shape shape_of(at::IntArrayRef x, int64_t kernel, int64_t stride, int64_t padding) {
  const auto side = [&](int64_t size) { return (size + 2 * padding - kernel) / stride + 1; };
  return {x[0], x[2], x[3], x[1], kernel, stride, padding, side(x[2]), side(x[3])};
}

bool applies(const Tensor& x, int64_t kernel, int64_t stride, int64_t padding) {
  return channels_last::has_avx2() && x.device().is_cpu() && x.scalar_type() == at::kFloat && x.dim() == 4 && x.numel() > 0 &&
         x.size(1) % windows::LANES == 0 && x.is_contiguous(at::MemoryFormat::ChannelsLast) &&
         x.suggest_memory_format() == at::MemoryFormat::ChannelsLast &&
         kernel >= 1 && kernel <= windows::MOST_KERNEL && stride >= 1 && padding >= 0 && 2 * padding <= kernel &&
         std::min(x.size(2), x.size(3)) + 2 * padding >= kernel;
}

// Something for each output.
Tensor outputs(const Shape& s, const at::TensorOptions& options) {
  return channels_last::images(s.images, s.channels, s.out_height, s.out_width, options);
}

// With `indices`, they are written there.
Tensor largest(const Shape& s, const Tensor& x, const Tensor& indices) {
  Tensor y = outputs(s, x.options());
  const float* from = x.const_data_ptr<float>();
  float* to = y.mutable_data_ptr<float>();
  uint8_t* found = indices.defined() ? indices.mutable_data_ptr<uint8_t>() : nullptr;
  at::parallel_for(0, s.images, 1,
                   [&](int64_t first, int64_t end) { windows::largest(s, from, to, found, first, end); });
  return y;
}

class MaxPool : public torch::autograd::Function<MaxPool> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, int64_t kernel, int64_t stride,
                        int64_t padding) {
    const Shape s = shape_of(x.sizes(), kernel, stride, padding);
    const Tensor indices = outputs(s, x.options().dtype(at::kByte));
    context->save_for_backward({indices});
    context->saved_data["size"] = x.sizes().vec();
    context->saved_data["window"] = std::vector<int64_t>{kernel, stride, padding};
    return largest(s, x, indices);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "this max-pooling has no second derivative");
    const Tensor indices = context->get_saved_variables()[0], none;
    const auto window = context->saved_data["window"].toIntVector();
    const Shape s = shape_of(context->saved_data["size"].toIntVector(), window[0], window[1], window[2]);
    const Tensor dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    Tensor dx = channels_last::images(s.images, s.channels, s.height, s.width, dy.options());
    const float* from = dy.const_data_ptr<float>();
    const uint8_t* found = indices.const_data_ptr<uint8_t>();
    float* to = dx.mutable_data_ptr<float>();
    at::parallel_for(0, s.images, 1,
                     [&](int64_t first, int64_t end) { windows::gradient(s, from, found, to, first, end); });
    return {dx, none, none, none};
  }
};

#endif

Tensor max_pool(const Tensor& x, int64_t kernel, int64_t stride, int64_t padding) {
#ifdef MAX_POOL_WINDOWS
  if (applies(x, kernel, stride, padding)) {
    if (at::GradMode::is_enabled() && x.requires_grad()) return MaxPool::apply(x, kernel, stride, padding);
    return largest(shape_of(x.sizes(), kernel, stride, padding), x, {});
  }
#endif
  return at::max_pool2d(x, kernel, stride, padding);
}

}  // namespace

// Gives a new tensor in `result` and null, or a message that is to be freed with `free`.
extern "C" char* max_pool_forward(const Tensor* x, int64_t kernel, int64_t stride, int64_t padding, Tensor** result) {
  return guarded([&] { *result = new Tensor(max_pool(*x, kernel, stride, padding)); });
}
