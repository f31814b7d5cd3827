global using Microsoft.VisualStudio.TestTools.UnitTesting;
global using PluginHost.Skills;
global using PluginHost.Tests;

[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
