using PluginHost.Wasm.Binary;

namespace PluginHost.Wasm.Compilation;

/// <summary>
/// The price of each class of instruction in units of fuel. Part of what a skill's budget means: a change of a number
/// here is a change of behaviour. Bulk instructions pay for their size besides (<see cref="Runtime.Bulk"/>).
/// </summary>
internal static class InstructionCosts
{
    private const int Simple = 1;
    private const int Division = 8;
    private const int Call = 8;
    private const int IndirectCall = 12;
    private const int Bulk = 24;

    public static int Of(Opcode code) => code switch
    {
        Opcode.Nop or Opcode.Drop or Opcode.Block or Opcode.Loop or Opcode.Else or Opcode.End or Opcode.Unreachable => 0,
        Opcode.I32DivS or Opcode.I32DivU or Opcode.I32RemS or Opcode.I32RemU => Division,
        Opcode.I64DivS or Opcode.I64DivU or Opcode.I64RemS or Opcode.I64RemU => Division,
        Opcode.F32Div or Opcode.F64Div or Opcode.F32Sqrt or Opcode.F64Sqrt => Division,
        (Opcode)0xFDE3 or (Opcode)0xFDE7 or (Opcode)0xFDEF or (Opcode)0xFDF3 => Division,
        Opcode.Call or Opcode.ReturnCall => Call,
        Opcode.CallIndirect or Opcode.ReturnCallIndirect => IndirectCall,
        Opcode.MemoryGrow or Opcode.MemoryCopy or Opcode.MemoryFill or Opcode.MemoryInit or Opcode.DataDrop => Bulk,
        Opcode.TableGrow or Opcode.TableCopy or Opcode.TableFill or Opcode.TableInit or Opcode.ElemDrop => Bulk,
        Opcode.TableGet or Opcode.TableSet or Opcode.RefFunc => Call,
        _ => Simple,
    };
}
