// swift-tools-version: 6.2
import PackageDescription

/// The settings of the main package, but for the memory-safety mode: the driver's business is buffers it shares with C.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

// A package of its own, so that who uses Wirecheck builds none of this. Scripts/bench and Scripts/echo-bench build and run it.
let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "wirecheck", path: "..")],
  targets: [
    .target(name: "BenchHarness", swiftSettings: settings),
    .executableTarget(
      name: "connect-storm", dependencies: [.product(name: "Connections", package: "wirecheck")], swiftSettings: settings),
    .target(name: "CBench", linkerSettings: [.linkedLibrary("dl")]),
    .executableTarget(
      name: "bench",
      dependencies: [
        "BenchHarness", "CBench", .product(name: "HTTPParse", package: "wirecheck"), .product(name: "WSProtocol", package: "wirecheck"),
        .product(name: "Deflate", package: "wirecheck"),
      ], swiftSettings: settings),
    .executableTarget(
      name: "echo-subject", dependencies: [.product(name: "Transport", package: "wirecheck")], swiftSettings: settings),
    .executableTarget(name: "echo-bench", dependencies: ["BenchHarness"], swiftSettings: settings),
    .testTarget(name: "BenchHarnessTests", dependencies: ["BenchHarness"], swiftSettings: settings),
  ]
)
