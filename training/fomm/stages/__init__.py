"""The kinds of stages: what is learnt, and from what."""

from fomm.stages.base import StageLearner
from fomm.stages.detector import DetectorLearner
from fomm.stages.motion import MotionLearner
from fomm.stages.reconstruction import ReconstructionLearner

KINDS: dict[str, type[StageLearner]] = {
    "detector": DetectorLearner,
    "motion": MotionLearner,
    "reconstruction": ReconstructionLearner,
}
