using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace UserManagement.Testing;

/// <summary>How a <see cref="MailSink"/>'s line is encrypted.</summary>
public enum MailTls
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>After STARTTLS (RFC 3207).</summary>
    StartTls,

    /// <summary>From the first byte (RFC 8314).</summary>
    AtOnce,
}

/// <summary>An authority of its own and a certificate of it for 127.0.0.1, both made anew.</summary>
public sealed class MailCertificate : IDisposable
{
    private readonly X509Certificate2 authority;

    /// <summary>Makes them.</summary>
    public MailCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Mail authority of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var from = TimeProvider.System.GetUtcNow().AddDays(-1);
        authority = request.CreateSelfSigned(from, from.AddDays(3));
        Server = Issue(from);
    }

    /// <summary>What the server shows.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>The authority as PEM, without its key.</summary>
    public string AuthorityPem => authority.ExportCertificatePem();

    /// <inheritdoc/>
    public void Dispose()
    {
        Server.Dispose();
        authority.Dispose();
    }

    private X509Certificate2 Issue(DateTimeOffset from)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(authority, from, from.AddDays(2), RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
