// swift-tools-version: 6.2
import PackageDescription

// A package of its own: building SwiftNIO takes minutes, and nothing else needs it.
let package = Package(
  name: "nio",
  dependencies: [.package(url: "https://github.com/apple/swift-nio", from: "2.86.0")],
  targets: [
    .executableTarget(
      name: "nio-echo",
      dependencies: [.product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio")])
  ]
)
