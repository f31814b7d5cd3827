namespace PluginHost.Analyzers.Tests;

/// <summary>PHG008 to PHG012, and PHG017: what passes by the gate.</summary>
[TestClass]
public sealed class GateTests
{
    [TestMethod]
    public Task CodeOfASkill_IsNotLoaded() => Rules.Report("""
        using System.Reflection;

        internal sealed class Functions
        {
            public void One(Skill skill, SkillHost host, SkillLibraryEntry entry, string plugin)
            {
                var path = Path.Combine("skills", skill.Id, "native.dll");
                {|PHG008:Assembly.LoadFrom(path)|};
                {|PHG008:Assembly.LoadFrom("x.palyra-skill")|};
                {|PHG008:System.Runtime.InteropServices.NativeLibrary.Load($"/skills/{entry.SkillId}/x.so")|};
                Assembly.LoadFrom(plugin);
                Assembly.Load("My.Plugin");
                var package = Environment.GetCommandLineArgs()[1];
                host.LoadSkill(package);
                {|PHG008:System.Diagnostics.Process.Start("unzip", package)|};
            }

            public async Task Two(Skill skill)
            {
                var answer = await skill.CallAsync("a.b", "x");
                {|PHG008:Assembly.Load(answer.Output.ToArray())|};
            }

            [HostFunction("a"), NoCapability("test")]
            public void Three(string name) => {|PHG008:Assembly.LoadFrom(name)|};
        }
        """);

    [TestMethod]
    public Task Engine_IsNotUsedBesideTheGate() => Rules.Report("""
        using PluginHost.Wasm;

        internal sealed class Functions
        {
            public void One()
            {
                var module = {|PHG009:WasmModule.Decode(File.ReadAllBytes("x.wasm"))|};
                var compiled = {|PHG009:CompiledModule.Compile(module)|};
                using var store = {|PHG009:new Store()|};
                var instance = {|PHG009:new Linker()|}.Instantiate(store, compiled);
                Func<ReadOnlyMemory<byte>, WasmLimits?, CancellationToken, WasmModule> later = {|PHG009:WasmModule.Decode|};
            }

            public void Two(Caller caller, Span<byte> into) => {|PHG017:caller.Memory|}!.Read(0, into);

            public void Three() => Activator.CreateInstance({|PHG009:typeof(Store)|});

            public string Names(WasmTrapException e) => $"{e.Kind} {nameof(WasmModule)} {ValType.I32}";
        }
        """);

    [TestMethod]
    public Task Engine_MayBeUsed_WhereThatIsMeant() => Rules.Silent("""
        using PluginHost.Wasm;

        [assembly: DirectEngineUse("a benchmark")]

        internal sealed class Functions
        {
            public WasmModule One() => WasmModule.Decode(File.ReadAllBytes("x.wasm"));
        }
        """);

    [TestMethod]
    public Task Engine_Fix_LoadsThroughTheHost() => Rules.Fix(
        "PHG009",
        """
        using PluginHost.Wasm;

        internal sealed class Functions(SkillHost host)
        {
            public async Task One(string path)
            {
                var skill = WasmModule.Decode(File.ReadAllBytes(path));
                await Task.Yield();
            }
        }
        """,
        """
        using PluginHost.Wasm;

        internal sealed class Functions(SkillHost host)
        {
            public async Task One(string path)
            {
                var skill = await host.LoadSkillAsync(path);
                await Task.Yield();
            }
        }
        """);

    [TestMethod]
    public Task Engine_Fix_IsNotOffered_WhereTheModuleIsUsed() => Rules.NoFix("PHG009", """
        using PluginHost.Wasm;

        internal sealed class Functions(SkillHost host)
        {
            public async Task<int> One(string path)
            {
                var module = WasmModule.Decode(File.ReadAllBytes(path));
                await Task.Yield();
                return module.Exports.Length;
            }
        }
        """);

    [TestMethod]
    public Task Grant_IsNotForged() => Rules.Report("""
        using System.Reflection;
        using System.Runtime.CompilerServices;

        internal sealed class Functions
        {
            public object One(SkillGrant grant, SkillVerification verification, object other)
            {
                {|PHG010:Activator.CreateInstance(typeof(SkillGrant), true)|};
                {|PHG010:RuntimeHelpers.GetUninitializedObject(typeof(HostFunctionCall))|};
                {|PHG010:System.Text.Json.JsonSerializer.Deserialize<SkillGrant>("{}")|};
                {|PHG010:Unsafe.As<SkillGrant>(other)|};
                {|PHG010:grant.GetType().GetField("_items", BindingFlags.NonPublic | BindingFlags.Instance)|};
                var type = typeof(SkillHost);
                {|PHG010:type.GetMethods(BindingFlags.NonPublic | BindingFlags.Instance)|};
                {|PHG010:Type.GetType("PluginHost.SkillGrant, PluginHost")|};
                {|PHG010:typeof(SkillGrant).GetRuntimeFields()|};
                _ = {|PHG010:typeof(SkillGrant).GetTypeInfo().DeclaredConstructors|};
                {|PHG010:Unsafe.As<object>(grant)|};
                {|PHG010:typeof(SkillHost).Assembly.GetType("PluginHost.Wasm.WasmModule")|};
                typeof(SkillHost).GetMethods(BindingFlags.Public | BindingFlags.Instance);
                typeof(string).GetMethods(BindingFlags.NonPublic | BindingFlags.Instance);
                System.Text.Json.JsonSerializer.Deserialize<string>("{}");
                Activator.CreateInstance(typeof(SkillHostOptions));
                return new SkillHostOptions();

                [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "y")]
                static extern void {|PHG010:ReachHere|}(SkillHost host);
            }

            [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "x")]
            private static extern void {|PHG010:Reach|}(SkillHost host);
        }
        """);

    [TestMethod]
    public Task Grant_IsNotForged_ByIgnoringAccessChecks() => Rules.Report("""
        [assembly: {|PHG010:System.Runtime.CompilerServices.IgnoresAccessChecksTo("PluginHost")|}]

        namespace System.Runtime.CompilerServices
        {
            [AttributeUsage(AttributeTargets.Assembly)]
            internal sealed class IgnoresAccessChecksToAttribute(string name) : Attribute
            {
                public string Name { get; } = name;
            }
        }
        """);

    [TestMethod]
    public Task Verification_IsNotSwitchedOff() => Rules.Report("""
        internal sealed class Functions
        {
            public void One(SkillHostOptions options, bool configured)
            {
                {|PHG011:options.AllowUnsignedOnProbation = true|};
                options.AllowUnsignedOnProbation = configured;
                options.AllowUnsignedOnProbation = false;
                options.Consent = {|PHG011:(_, _) => ValueTask.FromResult(ConsentDecision.Accept)|};
                options.Consent = {|PHG011:(request, token) => new ValueTask<ConsentDecision>(ConsentDecision.Accept)|};
                options.Consent = {|PHG011:async (_, _) => { await Task.Yield(); return ConsentDecision.AcceptFor(ConsentScope.Always); }|};
                options.Consent = {|PHG011:Yes|};
                options.Approve = {|PHG011:(_, _) => ValueTask.FromResult(true)|};
                options.Approve = {|PHG011:(_, _) => new(true)|};
                options.Consent = (request, _) => ValueTask.FromResult(request.Publisher == "acme" ? ConsentDecision.Accept : ConsentDecision.Refuse);
                options.Consent = (request, _) => { Console.WriteLine(request); return ValueTask.FromResult(Console.ReadLine() == "yes" ? ConsentDecision.Accept : ConsentDecision.Refuse); };
                options.Consent = (_, _) => ValueTask.FromResult(ConsentDecision.Refuse);
                options.Approve = (request, _) => ValueTask.FromResult(request.SkillId == "acme.a");
                options.Consent = {|PHG011:(_, _) => Always|};
                options.Consent = {|PHG011:(request, token) => { _ = request; ArgumentNullException.ThrowIfNull(request); return Always; }|};
                Func<ConsentRequest, CancellationToken, ValueTask<ConsentDecision>> stored = (_, _) => Always;
                options.Consent = {|PHG011:new ConsentCallback(stored)|};
                {|PHG011:options.AllowUnsignedOnProbation |= true|};
                _ = new SkillHostOptions { {|PHG011:AllowUnsignedOnProbation = true|} };
        #if DEBUG
                options.AllowUnsignedOnProbation = true;
        #endif
            }

            private static readonly ValueTask<ConsentDecision> Always = new(ConsentDecision.Accept);

            private static ValueTask<ConsentDecision> Yes(ConsentRequest request, CancellationToken token) => ValueTask.FromResult(ConsentDecision.Accept);
        }
        """);

    [TestMethod]
    public Task Verification_Fix_RemovesTheAssignment() => Rules.Fix(
        "PHG011",
        """
        internal sealed class Functions
        {
            public SkillHostOptions One() => new() { AllowUnsignedOnProbation = true, StrictImports = true };

            public void Two(SkillHostOptions options)
            {
                options.AllowUnsignedOnProbation = true;
                options.Approve = (_, _) => ValueTask.FromResult(true);
            }
        }
        """,
        """
        internal sealed class Functions
        {
            public SkillHostOptions One() => new() { StrictImports = true };

            public void Two(SkillHostOptions options)
            {
            }
        }
        """);

    [TestMethod]
    [DataRow("CallFuel = long.MaxValue")]
    [DataRow("CallFuel = long.MaxValue - 1")]
    [DataRow("CallMemoryBytes = long.MaxValue / 2")]
    [DataRow("ConcurrentCalls = int.MaxValue")]
    [DataRow("ConcurrentCalls = -1")]
    [DataRow("CallTime = Timeout.InfiniteTimeSpan")]
    [DataRow("CallTime = TimeSpan.MaxValue")]
    [DataRow("CallTime = TimeSpan.FromDays(365)")]
    [DataRow("CallTime = TimeSpan.Zero")]
    [DataRow("CallsPerSecond = double.PositiveInfinity")]
    [DataRow("QuarantineAfterBreaks = 0")]
    [DataRow("DenialsPerMinute = 0")]
    [DataRow("CallFuel = NoLimit")]
    [DataRow("CallTime = new TimeSpan(365, 0, 0, 0)")]
    [DataRow("CallTime = TimeSpan.FromTicks(long.MaxValue)")]
    public Task Limit_ThatIsNone_IsReported(string assignment) => Rules.Report($$"""
        internal sealed class Functions
        {
            private static readonly long NoLimit = long.MaxValue;

            public SkillLimits One() => new() { {|PHG012:{{assignment}}|} };
        }
        """);

    [TestMethod]
    [DataRow("CallFuel = 1_000_000_000_000")]
    [DataRow("CallTime = TimeSpan.FromMinutes(5)")]
    [DataRow("CallTime = TimeSpan.FromHours(24)")]
    [DataRow("QueuedCalls = 0")]
    [DataRow("QueueTime = TimeSpan.Zero")]
    [DataRow("HttpRetries = 0")]
    [DataRow("CallsPerSecond = null")]
    [DataRow("CallMemoryBytes = 4L << 30")]
    [DataRow("CallFuel = Environment.TickCount64")]
    public Task Limit_ThatIsOne_IsSilent(string assignment) => Rules.Silent($$"""
        internal sealed class Functions
        {
            public SkillLimits One() => new() { {{assignment}} };
        }
        """);

    [TestMethod]
    public Task Limit_Fix_LeavesTheDefault() => Rules.Fix(
        "PHG012",
        """
        var options = new SkillHostOptions();
        options.Limits.CallFuel = long.MaxValue;
        options.Limits.CallTime = TimeSpan.FromSeconds(1);
        """,
        """
        var options = new SkillHostOptions();
        options.Limits.CallTime = TimeSpan.FromSeconds(1);
        """);

    [TestMethod]
    public Task RawMemory_InAHostFunction_IsReported() => Rules.Report("""
        using System.Runtime.InteropServices;

        var functions = new HostFunctions();
        functions.Add("a", [NoCapability("test")] (input, call) => [{|PHG017:MemoryMarshal.GetReference(input)|}]);
        functions.Add("b", [NoCapability("test")] (input, call) => [input[0], (byte)MemoryMarshal.Read<int>(input)]);
        """);
}
