namespace PluginHost.Wasm.Tests.Binary;

[TestClass]
public sealed class FeatureTests
{
    [TestMethod]
    [DataRow(WasmFeatures.TailCall, "(func $f (return_call $f))")]
    [DataRow(WasmFeatures.TailCall, "(type $t (func)) (table 1 funcref) (func (return_call_indirect (type $t) (i32.const 0)))")]
    [DataRow(WasmFeatures.MultiMemory, "(memory 1) (memory 1)")]
    [DataRow(WasmFeatures.MultiMemory, "(import \"m\" \"a\" (memory 1)) (memory 1)")]
    [DataRow(WasmFeatures.MultiMemory, "(memory 1) (memory 1) (func (drop (i32.load 1 (i32.const 0))))")]
    [DataRow(WasmFeatures.ExtendedConst, "(global i32 (i32.add (i32.const 1) (i32.const 2)))")]
    public void Feature_IsRefusedWhereItIsOff(WasmFeatures feature, string fields)
    {
        var bytes = TextModule.Encode(fields);

        WasmModule.Decode(bytes);
        WasmModule.Decode(bytes, new WasmLimits { Features = feature });
        Assert.Throws<WasmModuleException>(() => WasmModule.Decode(bytes, new WasmLimits { Features = WasmFeatures.All & ~feature }));
    }

    [TestMethod]
    public void ModuleDecodedWithWiderLimits_IsCompiledWithThem()
    {
        var locals = string.Concat(Enumerable.Repeat("i32 ", 50_001));
        var bytes = TextModule.Encode($"(func (export \"f\") (result i32) (local {locals}) (i32.const 3))");

        Assert.ThrowsExactly<WasmLimitException>(() => WasmModule.Decode(bytes));
        CompiledModule.Compile(WasmModule.Decode(bytes, new WasmLimits { Locals = 50_001 }));
    }
}
