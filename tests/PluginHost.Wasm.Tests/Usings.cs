global using Microsoft.VisualStudio.TestTools.UnitTesting;
global using PluginHost.Wasm.Text;

[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
