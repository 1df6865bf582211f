using System.Diagnostics;
using System.Globalization;

namespace UserManagement.Testing;

/// <summary>
/// A site behind mod_auth_openidc (Debian's libapache2-mod-auth-openidc, a certified relying party): one page for everybody who is
/// signed in, that says in the header <c>X-Role</c> which role they have.
/// </summary>
public sealed class ApacheClient : IAsyncDisposable
{
    private const string Modules = "/usr/lib/apache2/modules";
    private static readonly string[] Loaded = ["mpm_event", "authn_core", "authz_core", "authz_user", "dir", "headers", "auth_openidc"];
    private readonly string _folder;
    private readonly Process _process;

    private ApacheClient(string folder, string url, Process process) => (_folder, Url, _process) = (folder, url, process);

    /// <summary>Its address, without a slash at its end.</summary>
    public string Url { get; }

    /// <summary>What it logged.</summary>
    public string Log => File.ReadAllText(Path.Combine(_folder, "error.log"));

    /// <summary>Starts it. Its redirect address is <c>URL/oidc</c>, that for logout tokens <c>URL/oidc?logout=backchannel</c>.</summary>
    public static async Task<ApacheClient> StartAsync(string url, string issuer, string clientId, string secret)
    {
        if (!File.Exists(Modules + "/mod_auth_openidc.so"))
        {
            throw new InvalidOperationException(
                "mod_auth_openidc is not installed. ./test does it; by hand: apt-get install apache2-bin libapache2-mod-auth-openidc"
            );
        }

        // not in the tests' own folder: its workers run as somebody else, who may not look in there
        var folder = Path.Combine(Path.GetTempPath(), "um-apache-" + Guid.CreateVersion7().ToString("N"));
        Directory.CreateDirectory(Path.Combine(folder, "www"));
        await File.WriteAllTextAsync(Path.Combine(folder, "www", "index.html"), "for who is signed in");
        await File.WriteAllTextAsync(Path.Combine(folder, "www", "out.html"), "signed out");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "httpd.conf"),
            $"""
            ServerRoot {folder}
            ServerName localhost
            Listen 127.0.0.1:{new Uri(url).Port}
            PidFile {folder}/httpd.pid
            ErrorLog {folder}/error.log
            DefaultRuntimeDir {folder}
            {(Environment.UserName == "root" ? "User www-data\nGroup www-data" : "")}
            {string.Join('\n', Loaded.Select(m => $"LoadModule {m}_module {Modules}/mod_{m}.so"))}
            StartServers 1
            ThreadsPerChild 8
            MaxRequestWorkers 8
            ServerLimit 1
            DocumentRoot {folder}/www
            DirectoryIndex index.html
            OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
            OIDCClientID {clientId}
            OIDCClientSecret {secret}
            OIDCRedirectURI {url}/oidc
            OIDCCryptoPassphrase a-passphrase-of-the-tests-0
            OIDCScope "openid profile workspace offline_access"
            OIDCPKCEMethod S256
            OIDCInfoHook access_token session
            OIDCCookieSameSite On
            <Location />
              AuthType openid-connect
              Require valid-user
              Header set X-Role "%{"{"}OIDC_CLAIM_role{"}"}e"
            </Location>
            <Location /out.html>
              AuthType None
              Require all granted
            </Location>

            """
        );
        var process = Process.Start(
            new ProcessStartInfo("/usr/sbin/apache2", ["-DFOREGROUND", "-f", Path.Combine(folder, "httpd.conf")])
            {
                RedirectStandardError = true,
            }
        )!;
        var client = new ApacheClient(folder, url, process);
        try
        {
            using var http = new HttpClient();
            await Until.TrueAsync(
                async () =>
                {
                    try
                    {
                        return process.HasExited || (await http.GetAsync(url + "/out.html")).IsSuccessStatusCode;
                    }
                    catch (HttpRequestException)
                    {
                        return false; // not yet
                    }
                },
                "apache2 answers"
            );
            return process.HasExited
                ? throw new InvalidOperationException("apache2 ended: " + await process.StandardError.ReadToEndAsync())
                : client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var end = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await end.WaitForExitAsync();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
