using System.Net;
using DnsClient;
using DnsClient.Protocol;

namespace UserManagement.Integrations.Dns;

/// <summary>
/// Asks name servers for the texts at a name, nothing kept from one question to the next. The parts of one record are one text (RFC 7208
/// section 3.3).
/// </summary>
public sealed class TextRecords
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private readonly LookupClient _client;

    /// <param name="server">The name server to ask; null for those of this machine.</param>
    public TextRecords(IPEndPoint? server)
    {
        var options = server is null ? new LookupClientOptions() : new LookupClientOptions(server);
        options.UseCache = false;
        options.Timeout = Patience;
        options.Retries = 1;
        options.ThrowDnsErrors = false;
        _client = new(options);
    }

    /// <summary>The texts; empty where the name has none, null where no server answered or none could say.</summary>
    public async Task<IReadOnlyList<string>?> AskAsync(string name, CancellationToken ct)
    {
        try
        {
            var answer = await _client.QueryAsync(name + ".", QueryType.TXT, cancellationToken: ct);
            return answer.Header.ResponseCode switch
            {
                DnsHeaderResponseCode.NoError => [.. answer.Answers.OfType<TxtRecord>().Select(r => string.Concat(r.Text))],
                DnsHeaderResponseCode.NotExistentDomain => [],
                _ => null,
            };
        }
        catch (Exception fault)
            when (fault is DnsResponseException or System.Net.Sockets.SocketException or OperationCanceledException
                && !ct.IsCancellationRequested
            )
        {
            return null;
        }
    }
}
