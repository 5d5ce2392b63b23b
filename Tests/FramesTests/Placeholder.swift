@testable import Frames
