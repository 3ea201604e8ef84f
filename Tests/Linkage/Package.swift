// swift-tools-version: 6.2
import PackageDescription

// A stranger's package that depends on the cores and on nothing else; Scripts/linkage looks at what it links.
let package = Package(
  name: "linkage",
  dependencies: [.package(name: "wirecheck", path: "../..")],
  targets: [
    .executableTarget(
      name: "cores",
      dependencies: [
        .product(name: "HTTPParse", package: "wirecheck"), .product(name: "WSProtocol", package: "wirecheck"),
        .product(name: "WSHandshake", package: "wirecheck"), .product(name: "DeflateAudit", package: "wirecheck"),
      ])
  ]
)
