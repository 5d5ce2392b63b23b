@testable import Display
