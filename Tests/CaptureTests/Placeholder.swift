@testable import Capture
