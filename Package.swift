// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "puppet",
    products: [.executable(name: "puppet", targets: ["Puppet"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "3.12.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.4.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CSDL2", providers: [.apt(["libsdl2-dev", "libsdl2-ttf-dev"])]),
        .systemLibrary(name: "CV4L2", pkgConfig: "libv4l2", providers: [.apt(["libv4l-dev"])]),
        .systemLibrary(name: "CVideoDev"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),

        .target(name: "CFOMMKernels"),
        .target(
            name: "FOMMCore",
            dependencies: [
                "CFOMMKernels", "COpenBLAS", "CZlib", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]),
        .target(
            name: "CAssets", cSettings: [.headerSearchPath("../../Models"), .headerSearchPath("../../Assets")]),

        .target(
            name: "Frames",
            dependencies: ["CPNG", "CTurboJPEG", .product(name: "SystemPackage", package: "swift-system")]),
        .target(
            name: "Capture",
            dependencies: ["CV4L2", "Frames", .product(name: "SystemPackage", package: "swift-system")]),
        .target(
            name: "Display",
            dependencies: ["Frames", "CSDL2", "CVideoDev", .product(name: "SystemPackage", package: "swift-system")]),

        .target(
            name: "PuppetKit",
            dependencies: [
                "CAssets", "Capture", "Display", "FOMMCore", .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"), .product(name: "Yams", package: "Yams"),
            ]
        ),
        .executableTarget(
            name: "Puppet",
            dependencies: [
                "PuppetKit", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]),

        .target(name: "TestSupport", dependencies: ["Frames", "CTurboJPEG"], path: "Tests/TestSupport"),
        .testTarget(name: "FOMMCoreTests", dependencies: ["FOMMCore", "TestSupport"]),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        .testTarget(
            name: "PuppetKitTests",
            dependencies: ["PuppetKit", "FOMMCore", "Frames", "Capture", "CAllocationCounter", "TestSupport"]),
        .testTarget(name: "FramesTests", dependencies: ["Frames", "TestSupport"]),
        .testTarget(name: "CaptureTests", dependencies: ["CV4L2", "Capture", "CAllocationCounter", "TestSupport"]),
        .testTarget(
            name: "DisplayTests",
            dependencies: [
                "CAllocationCounter", "CAssets", "CSDL2", "CVideoDev", "Capture", "Display", "TestSupport",
            ]),
        .testTarget(name: "PuppetTests", dependencies: ["Puppet", "FOMMCore", "Frames", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17
)

// Built by scripts/fuzz.sh alone: the sanitizer brings its main().
if Context.environment["PUPPET_FUZZ"] != nil {
    package.products.append(.executable(name: "Fuzz", targets: ["Fuzz"]))
    package.targets.append(
        .executableTarget(
            name: "Fuzz", dependencies: ["Capture", "FOMMCore", "Frames", "PuppetKit", "TestSupport"],
            path: "Tests/Fuzz"))
}
