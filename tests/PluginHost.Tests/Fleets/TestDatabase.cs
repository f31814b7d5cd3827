using System.Net;
using System.Net.Sockets;
using Npgsql;
using PluginHost.PostgreSql;

namespace PluginHost.Tests.Fleets;

/// <summary>A database of its own on the server that <c>PLUGINHOST_TEST_POSTGRES</c> names; without one the test is skipped, visibly.</summary>
internal sealed class TestDatabase : IDisposable
{
    private const string Variable = "PLUGINHOST_TEST_POSTGRES";
    private readonly string _server;
    private readonly string _name = "pluginhost_" + Guid.NewGuid().ToString("n");

    public TestDatabase()
    {
        _server = Environment.GetEnvironmentVariable(Variable) ?? "";
        if (_server.Length == 0)
        {
            Assert.Inconclusive($"needs a PostgreSQL server, named by {Variable}");
        }

        Execute(_server, $"create database {_name}");
        PostgreSqlState.Initialize(ConnectionString);
    }

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server) { Database = _name, Timeout = 5, CommandTimeout = 10 }.ConnectionString;

    /// <summary>Does something to its tables that no host would.</summary>
    public void Execute(string sql) => Execute(ConnectionString, sql);

    public object? Ask(string sql)
    {
        using var source = NpgsqlDataSource.Create(ConnectionString);
        using var command = source.CreateCommand(sql);
        return command.ExecuteScalar();
    }

    /// <summary>A way to it that can be frozen, and how to go there.</summary>
    public (FreezingServer Server, string ConnectionString) Behind()
    {
        var real = new NpgsqlConnectionStringBuilder(ConnectionString);
        var server = new FreezingServer(() =>
        {
            var isPath = real.Host!.StartsWith('/');
            var socket = new Socket(isPath ? AddressFamily.Unix : AddressFamily.InterNetwork, SocketType.Stream, isPath ? ProtocolType.Unspecified : ProtocolType.Tcp);
            socket.Connect(isPath ? new UnixDomainSocketEndPoint($"{real.Host}/.s.PGSQL.{real.Port}") : new DnsEndPoint(real.Host, real.Port));
            return socket;
        });
        return (server, new NpgsqlConnectionStringBuilder(ConnectionString) { Host = "127.0.0.1", Port = server.Port, GssEncryptionMode = GssEncryptionMode.Disable, SslMode = SslMode.Disable }.ConnectionString);
    }

    /// <summary>Whether anybody gets a connection. Those that are open are closed.</summary>
    public void Reachable(bool isReachable)
    {
        Execute(_server, $"alter database {_name} with allow_connections {isReachable}");
        Execute(_server, $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{_name}'");
    }

    public void Dispose()
    {
        if (_server.Length > 0)
        {
            Execute(_server, $"drop database if exists {_name} with (force)");
        }
    }

    private static void Execute(string connection, string sql)
    {
        using var source = NpgsqlDataSource.Create(connection);
        using var command = source.CreateCommand(sql);
        command.ExecuteNonQuery();
    }
}
