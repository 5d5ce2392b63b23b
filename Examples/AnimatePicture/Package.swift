// swift-tools-version: 6.1
import PackageDescription

// Elsewhere: .package(url: "https://github.com/OWNER/puppet", from: "0.1.0"), and no path.
let package = Package(
    name: "animate-picture",
    dependencies: [.package(name: "puppet", path: "../..")],
    targets: [
        .executableTarget(
            name: "animate-picture",
            dependencies: ["Capture", "Display", "FOMMCore", "Frames", "Motion"].map { .product(name: $0, package: "puppet") },
            path: "Sources")
    ],
    swiftLanguageModes: [.v6]
)
