// A basic block of a residual network, with autograd: one node where its layers would be four to six, and the gradients of input and
// shortcut added up in place. The layers are those of ways.h and passes.h.

#include <ATen/ATen.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <torch/csrc/autograd/custom_function.h>

#include <array>
#include <optional>

#include "guard.h"

namespace {

using at::Tensor;

// A block's output and that of the ReLU within.
struct Outputs {
  Tensor y, inner;
};

}  // namespace

#ifdef RESIDUAL_BLOCK

#include "passes.h"
#include "ways.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// A convolution and the normalisation behind it.
struct Layer {
  Tensor weight;
  batch_norm::Layer norm;
  int64_t stride, padding;

  // Whether the kernels take images of such sizes, which are float32 in channels-last memory. The sizes become those of the output.
  bool takes(std::array<int64_t, 4>& x, bool learns) const {
    if (!convolution::takes(x, weight, stride, padding, learns)) return false;
    const auto side = [&](int64_t size) { return (size + 2 * padding - weight.size(2)) / stride + 1; };
    x = {x[0], weight.size(0), side(x[2]), side(x[3])};
    const auto fits = [&](const Tensor& tensor) { return batch_norm::has_channels(tensor, weight.size(0)); };
    return batch_norm::takes(at::IntArrayRef(x)) && fits(norm.weight) && fits(norm.bias) && fits(norm.running_mean) && fits(norm.running_var);
  }

  bool requires_grad() const { return weight.requires_grad() || norm.weight.requires_grad() || norm.bias.requires_grad(); }
};

// How normalisations get their statistics.
struct Statistics {
  bool of_batch, move;
  double momentum, eps;
};

struct Block {
  Layer first, second;
  std::optional<Layer> shortcut;
  Statistics statistics;

  bool takes(const Tensor& x) const {
    const bool learns = at::GradMode::is_enabled();
    if (!convolution::takes(x, first.weight, first.stride, first.padding, learns)) return false;
    std::array<int64_t, 4> sizes = {x.size(0), x.size(1), x.size(2), x.size(3)}, beside = sizes;
    if (!first.takes(sizes, learns) || !second.takes(sizes, learns)) return false;
    if (shortcut) return shortcut->takes(beside, learns) && beside == sizes;
    return beside == sizes && batch_norm::takes(x);
  }

  bool requires_grad() const {
    return first.requires_grad() || second.requires_grad() || (shortcut && shortcut->requires_grad());
  }
};

// What a layer leaves for its gradients.
struct Kept {
  Tensor convolved, mean, invstd;
};

// `kept` is null where no gradients are to come.
Tensor run(const Layer& layer, const Statistics& statistics, const Tensor& x, const Tensor& shortcut, bool relu, Kept* kept) {
  const Tensor convolved = convolution::forward(x, layer.weight, layer.stride, layer.padding);
  if (!statistics.of_batch) return batch_norm::evaluate(convolved, layer.norm, statistics.eps, shortcut, relu);
  batch_norm::Layer norm = layer.norm;
  if (!statistics.move) norm.running_mean = norm.running_var = Tensor();
  auto [y, mean, invstd] = batch_norm::forward(convolved, norm, statistics.momentum, statistics.eps, shortcut, relu);
  if (kept) *kept = {convolved, mean, invstd};
  return y;
}

// Nothing of it is seen by autograd. `kept` has three places, or is null.
Outputs run(const Block& block, const Tensor& x, Kept* kept) {
  const at::AutoDispatchBelowADInplaceOrView guard;
  const auto at = [&](size_t layer) { return kept ? kept + layer : nullptr; };
  const Tensor none;
  const Tensor beside = block.shortcut ? run(*block.shortcut, block.statistics, x, none, false, at(2)) : x;
  const Tensor inner = run(block.first, block.statistics, x, none, true, at(0));
  return {run(block.second, block.statistics, inner, beside, true, at(1)), inner};
}

class ResidualBlock : public torch::autograd::Function<ResidualBlock> {
 public:
  // The parameters are given on their own, too, so that autograd sees them: weight, γ and β of each layer. Without a convolution on the
  // shortcut the last three are absent. The inner ReLU's output is put into `inner`: as one of the node's it would be given a gradient.
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight1, const Tensor& gamma1,
                               const Tensor& beta1, const Tensor& weight2, const Tensor& gamma2, const Tensor& beta2,
                               const std::optional<Tensor>& weight3, const std::optional<Tensor>& gamma3,
                               const std::optional<Tensor>& beta3, const Block* block, Tensor* inner) {
    std::array<Kept, 3> kept;
    const Outputs found = run(*block, x, kept.data());
    variable_list saved = {x, found.inner, found.y, weight1, gamma1, weight2, gamma2};
    if (block->shortcut) saved.insert(saved.end(), {*weight3, *gamma3});
    for (size_t layer = 0; layer < (block->shortcut ? 3 : 2); layer++)
      saved.insert(saved.end(), {kept[layer].convolved, kept[layer].mean, kept[layer].invstd});
    context->save_for_backward(saved);
    context->saved_data["stride"] = block->first.stride;
    context->saved_data["shortcut"] = block->shortcut.has_value();
    *inner = found.inner;
    return found.y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "this residual block has no second derivative");
    const variable_list saved = context->get_saved_variables();
    const at::AutoDispatchBelowADInplaceOrView guard;
    const int64_t stride = context->saved_data["stride"].toInt();
    const bool convolved_shortcut = context->saved_data["shortcut"].toBool();
    const Tensor &x = saved[0], &inner = saved[1], &y = saved[2], none;
    const Tensor* kept = &saved[convolved_shortcut ? 9 : 7];
    variable_list found(12);

    // The gradients of a layer's parameters are put at `at`; gives that of its input.
    const auto convolution_back = [&](size_t at, const Tensor& input, const Tensor& gradient, const Tensor& weight,
                                      int64_t stride, int64_t padding, bool asked) {
      const Tensor dy = gradient.contiguous(at::MemoryFormat::ChannelsLast);
      if (context->needs_input_grad(at)) found[at] = convolution::weight_gradient(input, dy, weight, stride, padding);
      return asked ? convolution::input_gradient(input, dy, weight, stride, padding) : none;
    };
    const auto norm_back = [&](size_t at, const Tensor* of, const Tensor& gradient, const Tensor& output, const Tensor& gamma,
                               bool shortcut) {
      auto back = batch_norm::backward(of[0], gradient, output, gamma, of[1], of[2], shortcut);
      found[at + 1] = std::move(back.weight);
      found[at + 2] = std::move(back.bias);
      return std::make_pair(std::move(back.x), std::move(back.shortcut));
    };

    const bool asked = context->needs_input_grad(0);
    auto [behind_second, beside] = norm_back(4, kept + 3, gradients[0], y, saved[6], true);
    const Tensor inner_gradient = convolution_back(4, inner, behind_second, saved[5], 1, 1, true);
    const Tensor behind_first = norm_back(1, kept, inner_gradient, inner, saved[4], false).first;
    Tensor dx = convolution_back(1, x, behind_first, saved[3], stride, 1, asked);
    // As autograd adds them: in the memory of the one that comes first.
    if (convolved_shortcut) {
      const Tensor behind_shortcut = norm_back(7, kept + 6, beside, none, saved[8], false).first;
      const Tensor other = convolution_back(7, x, behind_shortcut, saved[7], stride, 0, asked);
      if (asked) dx.add_(other);
    } else if (asked) {
      dx = beside.add_(dx);
    }
    found[0] = dx;
    return found;
  }
};

}  // namespace

#endif

// Puts a block's output and that of the ReLU within into `outputs`, as new tensors; or nothing, where these kernels are not for the block.
// `tensors` are those of each layer, in torchvision's order: weight of the convolution, weight, bias, running mean and running variance of
// the normalisation; those of the shortcut are null where it is the input itself. Gives null, or a message that is to be freed with `free`.
extern "C" char* residual_block_forward([[maybe_unused]] const Tensor* x, [[maybe_unused]] const Tensor* const* tensors,
                                        [[maybe_unused]] int64_t stride, [[maybe_unused]] bool of_batch,
                                        [[maybe_unused]] bool move, [[maybe_unused]] double momentum,
                                        [[maybe_unused]] double eps, [[maybe_unused]] Tensor** outputs) {
  return guarded([&] {
#ifdef RESIDUAL_BLOCK
    const auto layer = [&](size_t at, int64_t stride, int64_t padding) {
      const Tensor* const* of = tensors + 5 * at;
      return Layer{*of[0], {*of[1], *of[2], *of[3], *of[4]}, stride, padding};
    };
    Block block = {layer(0, stride, 1), layer(1, 1, 1), std::nullopt, {of_batch, move, momentum, eps}};
    if (tensors[10]) block.shortcut = layer(2, stride, 0);
    if (!block.takes(*x)) return;
    const bool learns = at::GradMode::is_enabled() && (x->requires_grad() || block.requires_grad());
    if (learns && !of_batch) return;
    Outputs found;
    if (learns) {
      const auto given = [&](const Tensor& (*of)(const Layer&)) {
        return block.shortcut ? std::make_optional(of(*block.shortcut)) : std::nullopt;
      };
      const Layer &first = block.first, &second = block.second;
      found.y = ResidualBlock::apply(
          *x, first.weight, first.norm.weight, first.norm.bias, second.weight, second.norm.weight, second.norm.bias,
          given([](const Layer& layer) -> const Tensor& { return layer.weight; }),
          given([](const Layer& layer) -> const Tensor& { return layer.norm.weight; }),
          given([](const Layer& layer) -> const Tensor& { return layer.norm.bias; }), &block, &found.inner);
    } else {
      found = run(block, *x, nullptr);
    }
    outputs[0] = new Tensor(found.y);
    outputs[1] = new Tensor(found.inner);
#endif
  });
}
