@testable import PuppetKit
