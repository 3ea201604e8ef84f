// The file that `require "net"` loads: LuaNet, its bridge and Swift's runtime in one shared object. What makes it one is in Package.swift,
// and what it shows in exports.map.
internal import LuaNet

/// Stands in for the runtime's table of the names of all Unicode scalars, half a megabyte that nothing here asks for: there is no name.
@_cdecl("__wrap__swift_stdlib_getScalarName")
func nameOfScalar(_ scalar: UInt32, _ buffer: OpaquePointer?, _ capacity: Int) -> UInt16 { 0 }
