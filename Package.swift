// swift-tools-version: 6.1
import PackageDescription

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
// What `puppet --version` says it was built from: the Makefile tells. One target knows, and is cheap to build again.
let commit = Context.environment["PUPPET_COMMIT"].flatMap { $0.isEmpty ? nil : $0 } ?? "unknown"

let package = Package(
    name: "puppet",
    products: [.executable(name: "puppet", targets: ["Puppet"])]
        // For other programs: docs/library.md.
        + ["FOMMCore", "Motion", "Checkpoints", "Frames", "Capture", "Display"].map {
            .library(name: $0, targets: [$0])
        },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "3.12.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.4.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Libraries of the system.
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CSDL2", providers: [.apt(["libsdl2-dev", "libsdl2-ttf-dev"])]),
        .systemLibrary(name: "CV4L2", pkgConfig: "libv4l2", providers: [.apt(["libv4l-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),

        // Who may import whom: the table in docs/develop.md says why.
        .target(name: "System", dependencies: [systemPackage]),
        .target(name: "Flow"),
        .target(name: "CHEIF"),
        .target(name: "Frames", dependencies: ["System", "CHEIF", "CPNG", "CTurboJPEG", systemPackage]),
        .target(name: "Capture", dependencies: ["System", "Frames", "CV4L2", systemPackage]),
        .target(
            name: "CPipeWire",
            // Links to where systems have PipeWire's headers: pkg-config's -D_REENTRANT is refused with a warning, and a
            // package with flags of its own could not be depended on by version. Where they lead nowhere the program is
            // built without PipeWire.
            exclude: ["system"],
            cSettings: [.headerSearchPath("system/pipewire-0.3"), .headerSearchPath("system/spa-0.2")]),
        .target(
            name: "Display", dependencies: ["System", "Flow", "Frames", "CPipeWire", "CSDL2", "CV4L2", systemPackage]),

        .target(name: "CFOMMKernels"),
        .target(name: "FOMMCore", dependencies: ["System", "CFOMMKernels", "COpenBLAS", systemPackage]),
        .target(name: "Motion", dependencies: ["FOMMCore"]),
        .target(name: "Checkpoints", dependencies: ["FOMMCore", "CZlib", crypto]),

        .target(
            name: "CAssets",
            cSettings: [
                .headerSearchPath("../../Models"), .headerSearchPath("../../Assets"),
                .define("PUPPET_COMMIT", to: commit),
            ]),
        .target(name: "Assets", dependencies: ["System", "Frames", "FOMMCore", "CAssets"]),
        .target(
            name: "Driving", dependencies: ["System", "Frames", "Capture", "Display", "FOMMCore", "Motion", "Assets"]),
        .target(
            name: "Live",
            dependencies: [
                "System", "Flow", "Frames", "Display", "FOMMCore", "Motion", "Assets", "Driving", logging,
                systemPackage,
            ]),
        .target(
            name: "Models",
            dependencies: ["System", "Frames", "FOMMCore", "Checkpoints", "Assets", "Driving", systemPackage, yams]),
        .target(name: "Doctor", dependencies: ["System", "Capture", "FOMMCore", "Assets", systemPackage]),
        .target(
            name: "Bench",
            dependencies: ["System", "Flow", "Frames", "Capture", "Display", "FOMMCore", "Assets", "Driving", "Live"]),
        .executableTarget(
            name: "Puppet",
            dependencies: [
                "System", "Frames", "Capture", "Display", "FOMMCore", "Motion", "Assets", "Driving", "Live", "Models",
                "Doctor", "Bench", argumentParser, logging, toml,
            ]),

        .target(
            name: "TestSupport", dependencies: ["FOMMCore", "Frames", "System", "CTurboJPEG"],
            path: "Tests/TestSupport"),
        .target(
            name: "DrivingSupport", dependencies: ["Driving", "Frames", "System", "TestSupport"],
            path: "Tests/DrivingSupport"),
        .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
        // What the engine is compared with: no part of the program.
        .target(name: "FOMMReference", dependencies: ["FOMMCore"], path: "Tests/FOMMReference"),
        .testTarget(name: "HouseTests", dependencies: ["TestSupport"]),
        .testTarget(name: "FlowTests", dependencies: ["Flow", "TestSupport"]),
        .testTarget(name: "SystemTests", dependencies: ["Frames", "System", "TestSupport"]),
        .testTarget(
            name: "FramesTests", dependencies: ["Frames", "Flow", "System", "TestSupport"]),
        .testTarget(
            name: "CaptureTests",
            dependencies: ["CAllocationCounter", "CV4L2", "Capture", "Frames", "System", "TestSupport"]),
        .testTarget(
            name: "DisplayTests",
            dependencies: [
                "CAllocationCounter", "CAssets", "CPipeWire", "CSDL2", "CV4L2", "Capture", "Display", "Frames", "Flow",
                "System",
                "TestSupport",
            ]),
        .testTarget(
            name: "FOMMCoreTests",
            dependencies: [
                "Assets", "CFOMMKernels", "Checkpoints", "FOMMCore", "FOMMReference", "Motion", "TestSupport",
            ]),
        .testTarget(name: "MotionTests", dependencies: ["FOMMCore", "Motion", "TestSupport"]),
        .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints", "FOMMCore", "TestSupport"]),
        .testTarget(
            name: "DrivingTests",
            dependencies: [
                "Assets", "CAllocationCounter", "Capture", "Display", "Driving", "DrivingSupport", "FOMMCore", "Frames",
                "Motion", "System", "TestSupport",
            ]),
        .testTarget(
            name: "LiveTests",
            dependencies: [
                "Assets", "CAllocationCounter", "CV4L2", "Capture", "Display", "Driving", "DrivingSupport", "FOMMCore",
                "Flow", "Frames", "Live", "Motion", "System", "TestSupport",
            ]),
        .testTarget(name: "BenchTests", dependencies: ["Bench", "FOMMCore"]),
        .testTarget(
            name: "ModelsTests",
            dependencies: [
                "Assets", "Checkpoints", "Driving", "FOMMCore", "Frames", "Models", "System", "TestSupport",
            ]),
        .testTarget(name: "DoctorTests", dependencies: ["Doctor", "Capture", "System", "TestSupport"]),
        .testTarget(name: "PuppetTests", dependencies: ["Puppet", "FOMMCore", "Frames", "System", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17
)

// Built by scripts/fuzz.sh alone: the sanitizer brings its main().
if Context.environment["PUPPET_FUZZ"] != nil {
    package.products.append(.executable(name: "Fuzz", targets: ["Fuzz"]))
    package.targets.append(
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Assets", "Capture", "Checkpoints", "Driving", "FOMMCore", "Frames", "Models", "System", "TestSupport",
            ],
            path: "Tests/Fuzz"))
}
