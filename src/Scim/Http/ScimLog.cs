using Microsoft.Extensions.Logging;

namespace UserManagement.Scim.Http;

/// <summary>What the door writes to the log. No value of an attribute and no token is ever among it.</summary>
internal static partial class ScimLog
{
    /// <summary>What a client sends must not begin a line of the log.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));

    /// <summary>Names of attributes that are not kept.</summary>
    [LoggerMessage(1, LogLevel.Information, "SCIM {Workspace}: {Method} named what is not kept: {Attributes}")]
    public static partial void Ignored(ILogger log, string workspace, string method, string attributes);

    /// <summary>Members named that are not here.</summary>
    [LoggerMessage(2, LogLevel.Warning, "SCIM {Workspace}: {Count} members of a group were passed over, because they are not here")]
    public static partial void UnknownMembers(ILogger log, string workspace, int count);

    /// <summary>The database is away or too slow.</summary>
    [LoggerMessage(3, LogLevel.Warning, "SCIM: the database is away")]
    public static partial void Away(ILogger log, Exception fault);

    /// <summary>A fault of ours.</summary>
    [LoggerMessage(4, LogLevel.Error, "SCIM: {Method} failed")]
    public static partial void Fault(ILogger log, string method, Exception fault);

    /// <summary>A client did not take in time what it asked for.</summary>
    [LoggerMessage(5, LogLevel.Warning, "SCIM {Workspace}: a long answer was broken off, because the client took it too slowly")]
    public static partial void TooSlow(ILogger log, string workspace);
}
