// swift-tools-version: 6.2
import PackageDescription

/// The one settings value of every Swift target.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

// Bottom up: a target may only name targets that stand above it (Scripts/arrows proves it).
let package = Package(
  name: "wirecheck",
  products: [
    .executable(name: "wirecheck", targets: ["wirecheck"]),
    .library(name: "HTTPParse", targets: ["HTTPParse"]),
    .library(name: "WSProtocol", targets: ["WSProtocol"]),
    .library(name: "WSHandshake", targets: ["WSHandshake"]),
    .library(name: "Deflate", targets: ["Deflate"]),
    .library(name: "DeflateAudit", targets: ["DeflateAudit"]),
    // For Scripts/connect-storm; its interface is no promise yet.
    .library(name: "Connections", targets: ["Connections", "Transport"]),
    .library(name: "ConformanceRunner", targets: ["ConformanceRunner", "Conformance", "ConformanceReport"]),
    .library(name: "luanet", type: .dynamic, targets: ["LuaNetModule"]),
    // For Benchmarks; its interface is no promise yet.
    .library(name: "Transport", targets: ["Transport"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    .target(name: "WireBytes", swiftSettings: settings),
    .target(name: "HTTPParse", dependencies: ["WireBytes"], swiftSettings: settings),
    .target(name: "WSProtocol", dependencies: ["WireBytes"], swiftSettings: settings),
    .target(name: "WSHandshake", dependencies: ["WireBytes", "HTTPParse", "WSProtocol"], swiftSettings: settings),
    .target(name: "DeflateAudit", swiftSettings: settings),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
    .target(name: "Deflate", dependencies: ["WSProtocol", "DeflateAudit", "CZlib"], swiftSettings: settings),
    .target(name: "CSockets"),
    .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    .target(name: "Transport", dependencies: ["WireBytes", "CSockets", "COpenSSL"], swiftSettings: settings),
    .target(
      name: "Connections", dependencies: ["WireBytes", "Transport", "HTTPParse", "WSProtocol", "WSHandshake"], swiftSettings: settings),
    .target(name: "Conformance", dependencies: ["WireBytes", "HTTPParse", "WSProtocol", "WSHandshake"], swiftSettings: settings),
    .target(
      name: "ConformanceReport", dependencies: ["WireBytes", "WSProtocol", "Conformance"], swiftSettings: settings),
    .target(
      name: "ConformancePeers",
      dependencies: ["Connections", "Conformance", "Transport", "HTTPParse", "WSProtocol", "WSHandshake"], swiftSettings: settings),
    .target(
      name: "ConformanceRunner",
      dependencies: ["Conformance", "Connections", "Transport", "HTTPParse", "WSHandshake", "WSProtocol", "WireBytes"],
      swiftSettings: settings),
    // The headers of Lua alone: who loads the module brings Lua.
    .target(name: "CLuaBridge"),
    .target(
      name: "LuaNet",
      dependencies: ["WireBytes", "HTTPParse", "WSProtocol", "WSHandshake", "Transport", "Connections", "CLuaBridge"],
      swiftSettings: settings),
    // The file of `require "net"`; no other product uses the target, so its flags are nobody else's (decision 0023).
    .target(
      name: "LuaNetModule", dependencies: ["LuaNet"], exclude: ["exports.map"], swiftSettings: settings,
      linkerSettings: [
        .unsafeFlags([
          "-static-stdlib", "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/LuaNetModule/exports.map",
          "-Xlinker", "-z", "-Xlinker", "nodelete", "-Xlinker", "--icf=safe", "-Xlinker", "--wrap=_swift_stdlib_getScalarName",
          // Scripts/lua-valgrind wants the names of functions, and no more than those.
          "-Xlinker", Context.environment["LUANET_KEEPS_NAMES"] == nil ? "-s" : "-S",
        ])
      ]),
    .target(name: "CProcess"),
    .executableTarget(
      name: "wirecheck",
      dependencies: [
        "CProcess",
        "WireBytes", "HTTPParse", "WSProtocol", "WSHandshake", "Transport", "Connections", "Conformance", "ConformanceReport",
        "ConformancePeers", "ConformanceRunner", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),

    .target(name: "FuzzModels", path: "Sources/Fuzz/Models", swiftSettings: settings),
    .target(
      name: "FuzzProperties", dependencies: ["HTTPParse", "WSProtocol", "WSHandshake", "FuzzModels"], path: "Sources/Fuzz/Properties",
      swiftSettings: settings),
    .executableTarget(name: "wirecheck-fuzz", dependencies: ["FuzzProperties"], path: "Sources/Fuzz/Driver"),

    .target(
      name: "ProtocolTesting", dependencies: ["WireBytes"], path: "Tests/Support/ProtocolTesting", swiftSettings: settings),
    .target(
      name: "TestCertificates", dependencies: ["Transport"], path: "Tests/Support/TestCertificates", swiftSettings: settings),
    .target(name: "HTTPRows", path: "Tests/Support/HTTPRows", exclude: ["Rows"], swiftSettings: settings),
    .target(
      name: "HTTPServerTesting", dependencies: ["HTTPParse", "Conformance", "ConformancePeers", "HTTPRows"],
      path: "Tests/Support/HTTPServerTesting", swiftSettings: settings),
    .target(name: "ProgramTesting", path: "Tests/Support/ProgramTesting", swiftSettings: settings),
    .target(
      name: "CLuaTesting", dependencies: ["CLuaBridge"], path: "Tests/Support/CLuaTesting", linkerSettings: [.linkedLibrary("lua5.4")]),
    .target(
      name: "LuaTesting", dependencies: ["CLuaTesting", "CLuaBridge", "LuaNet"], path: "Tests/Support/LuaTesting", swiftSettings: settings),
    .testTarget(
      name: "LuaNetTests",
      dependencies: [
        "LuaNet", "LuaTesting", "CLuaTesting", "CLuaBridge", "Connections", "ConformancePeers", "Conformance", "ConformanceRunner",
        "Transport", "WSHandshake", "WSProtocol", "TestCertificates", "ProtocolTesting", "ProgramTesting",
      ], swiftSettings: settings),
    .testTarget(
      name: "ConformanceTests",
      dependencies: ["Conformance", "ConformancePeers", "HTTPParse", "WSHandshake", "HTTPRows", "HTTPServerTesting", "ProtocolTesting"],
      swiftSettings: settings),
    .testTarget(
      name: "ConformanceRunnerTests",
      dependencies: ["ConformanceRunner", "Conformance", "ConformancePeers", "Connections", "Transport", "WSHandshake", "HTTPParse"],
      swiftSettings: settings),
    .testTarget(
      name: "ConnectionsTests",
      dependencies: [
        "Connections", "ConformancePeers", "Transport", "WSHandshake", "WSProtocol", "HTTPParse", "Conformance", "HTTPServerTesting",
        "ProtocolTesting", "TestCertificates",
      ], swiftSettings: settings),
    .testTarget(
      name: "WirecheckTests", dependencies: ["wirecheck", "Transport", "ConformancePeers", "TestCertificates", "ProgramTesting"],
      swiftSettings: settings),
    .testTarget(
      name: "ConformanceReportTests", dependencies: ["ConformanceReport", "Conformance", "WSProtocol", "WireBytes"],
      swiftSettings: settings),
    .testTarget(name: "WSProtocolTests", dependencies: ["WSProtocol", "WireBytes", "ProtocolTesting"], swiftSettings: settings),
    .testTarget(name: "DeflateAuditTests", dependencies: ["DeflateAudit", "CZlib", "ProtocolTesting"], swiftSettings: settings),
    .testTarget(
      name: "DeflateTests", dependencies: ["Deflate", "DeflateAudit", "WSProtocol", "WSHandshake", "ProtocolTesting"],
      swiftSettings: settings),
    .testTarget(
      name: "HTTPParseTests", dependencies: ["HTTPParse", "WireBytes", "ProtocolTesting", "HTTPRows"], swiftSettings: settings),
    .testTarget(
      name: "WSHandshakeTests", dependencies: ["WSHandshake", "WSProtocol", "HTTPParse", "ProtocolTesting"], swiftSettings: settings),
    .testTarget(
      name: "ExampleTests", dependencies: ["WSHandshake", "WSProtocol", "ProtocolTesting"], path: "Examples", exclude: ["lua"],
      swiftSettings: settings),
    .testTarget(name: "TransportTests", dependencies: ["Transport", "CSockets", "TestCertificates"], swiftSettings: settings),
    .testTarget(name: "ProtocolTestingTests", dependencies: ["ProtocolTesting"], swiftSettings: settings),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzProperties", "FuzzModels", "WSProtocol", "HTTPParse", "WSHandshake"], swiftSettings: settings),
    .testTarget(name: "WireBytesTests", dependencies: ["WireBytes", "ProtocolTesting"], swiftSettings: settings),
  ]
)
