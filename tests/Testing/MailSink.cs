using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace UserManagement.Testing;

/// <summary>
/// An SMTP server on a loopback port that keeps what it gets (RFC 5321: EHLO, AUTH, MAIL, RCPT, DATA, RSET, NOOP, QUIT; STARTTLS or
/// TLS from the first byte where asked). A stand-in for the operator's mail server, with faults on demand.
/// <code>
/// await using var mail = MailSink.Start();
/// … Smtp:Host = mail.Host, Smtp:Port = mail.Port …
/// var invitation = await mail.WaitForAsync(m => m.Recipients.Contains("ada@example.com"));
/// </code>
/// </summary>
public sealed class MailSink : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly List<RecordedMail> mails = [];
    private readonly Queue<MailFault> next = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MailFault always = MailFault.None;
    private Task accepting = Task.CompletedTask;
    private int connections;

    private MailSink(string? user, string? password, MailTls tls, bool international)
    {
        User = user;
        Password = password;
        Tls = tls;
        International = international;
        Certificate = tls == MailTls.None ? null : new MailCertificate();
    }

    /// <summary>How the line is encrypted.</summary>
    public MailTls Tls { get; }

    /// <summary>The authority that its certificate comes from; null without TLS.</summary>
    public MailCertificate? Certificate { get; }

    internal bool International { get; }

    /// <summary>The user name that AUTH must give; null when the server asks for none.</summary>
    public string? User { get; }

    /// <summary>The address to send to.</summary>
    public string Host { get; } = "127.0.0.1";

    /// <summary>The port the system gave.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How many connections were opened so far, also those that brought no message.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>Every message received so far, oldest first; refused ones are not among them.</summary>
    public IReadOnlyList<RecordedMail> Mails
    {
        get
        {
            lock (gate)
            {
                return [.. mails];
            }
        }
    }

    internal string? Password { get; }

    /// <summary>
    /// Starts a server. With a user it advertises AUTH PLAIN, LOGIN and XOAUTH2 (the password is then <c>Bearer TOKEN</c>) and takes
    /// no mail before it (530, 535).
    /// </summary>
    /// <param name="user">Who must sign in; null for nobody.</param>
    /// <param name="password">With what.</param>
    /// <param name="tls">How the line is encrypted.</param>
    /// <param name="international">Whether it says SMTPUTF8 (RFC 6531).</param>
    public static MailSink Start(string? user = null, string? password = null, MailTls tls = MailTls.None, bool international = false)
    {
        var sink = new MailSink(user, password, tls, international);
        sink.listener.Start();
        sink.accepting = sink.AcceptAsync();
        return sink;
    }

    /// <summary>Scripts the next transactions, one fault each; afterwards the server is as <see cref="Always"/> says.</summary>
    public void Next(params IReadOnlyList<MailFault> faults)
    {
        lock (gate)
        {
            foreach (var fault in faults)
            {
                next.Enqueue(fault);
            }
        }
    }

    /// <summary>What every transaction meets that is not scripted; <see cref="MailFault.None"/> heals the server.</summary>
    public void Always(MailFault fault)
    {
        lock (gate)
        {
            always = fault;
        }
    }

    /// <summary>Waits for a message, among those that came already too.</summary>
    /// <param name="wanted">Which one.</param>
    /// <param name="timeout">In real time; <see cref="Until.Longest"/> when null.</param>
    /// <exception cref="TimeoutException">None came; the message tells what did.</exception>
    public async Task<RecordedMail> WaitForAsync(Func<RecordedMail, bool> wanted, TimeSpan? timeout = null)
    {
        using var limit = new CancellationTokenSource(timeout ?? Until.Longest);
        while (true)
        {
            Task change;
            RecordedMail? found;
            lock (gate)
            {
                found = mails.Find(mail => wanted(mail));
                change = changed.Task;
            }

            if (found is not null)
            {
                return found;
            }

            try
            {
                await change.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                var came = string.Join("; ", Mails.Select(mail => $"{mail.Subject} -> {string.Join(", ", mail.Recipients)}"));
                throw new TimeoutException($"The mail did not come. Came: {(came.Length == 0 ? "nothing" : came)}");
            }
        }
    }

    /// <summary>Stops listening and cuts what is open.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
        Certificate?.Dispose();
    }

    internal async Task<Stream> EncryptAsync(Stream line, CancellationToken cancel)
    {
        var encrypted = new SslStream(line);
        await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate!.Server }, cancel);
        return encrypted;
    }

    internal MailFault TakeFault()
    {
        lock (gate)
        {
            return next.TryDequeue(out var fault) ? fault : always;
        }
    }

    internal void Record(RecordedMail mail)
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            mails.Add(mail);
            waiting = changed;
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiting.SetResult();
    }

    private async Task AcceptAsync()
    {
        List<Task> open = [];
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stopping.Token);
                Interlocked.Increment(ref connections);
                open.Add(ServeAsync(client));
            }
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or InvalidOperationException or SocketException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                var encrypted = Tls == MailTls.AtOnce;
                stream = encrypted ? await EncryptAsync(stream, stopping.Token) : stream;
                using var conversation = new MailConversation(this, stream, encrypted);
                await conversation.RunAsync(stopping.Token);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException or SocketException or AuthenticationException)
            {
                // The sender hung up, or the test is over.
            }
        }
    }
}
