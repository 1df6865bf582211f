namespace UserManagement.Scim;

/// <summary>What the SCIM door needs to know about the installation.</summary>
public sealed class ScimOptions
{
    /// <summary>The path of the protocol, without its version.</summary>
    public const string Root = "/scim";

    /// <summary>The path under which every workspace has its SCIM base URL.</summary>
    public const string Prefix = Root + "/v2";

    /// <summary>
    /// The address of the server as others see it, without a slash at the end. Every link in an answer begins with it;
    /// no header of a request changes that. Asked at each request, since the bound port may be known only after the start.
    /// </summary>
    public Func<string> PublicUrl { get; set; } = () => "http://localhost:5080";

    /// <summary>The longest address that is read, in characters; a longer one is 414. A query by POST has no such limit.</summary>
    public int MaxAddressLength { get; set; } = 32 * 1024;

    /// <summary>The largest body that is read, in bytes; of a group without its members.</summary>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// The largest body of a group that is read with its members, in bytes, after decompression. A member as GET shows it has some 220.
    /// </summary>
    public int MaxGroupBodyBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The most resources that a query which no index serves looks at one by one; beyond it the answer is 400 tooMany.</summary>
    public int MaxScannedResources { get; set; } = 20_000;

    /// <summary>
    /// The most members (of groups) or groups (of users) that the resources of one page show together; the page ends before
    /// it has more. A single resource is shown whole, whatever it has.
    /// </summary>
    public int MaxReferencesOfPage { get; set; } = 20_000;

    /// <summary>
    /// How many requests a second one token may send to this server, with two seconds' worth at once; 0 for no limit on
    /// tokens that are good. Each operation of a bulk request counts as a request, and so do each full 64 KiB of an answer
    /// and each 100 rows that a query looks at one by one: they are charged afterwards, so that the following requests wait.
    /// </summary>
    public int RequestsPerSecond { get; set; } = 500;

    /// <summary>How many requests of one workspace are at work at the same time; those that follow wait.</summary>
    public int RequestsAtWork { get; set; } = 16;

    /// <summary>How many requests of one workspace wait; those that follow are answered 429.</summary>
    public int RequestsWaiting { get; set; } = 256;

    /// <summary>How many wrong tokens one address may send at once; a tenth of it comes back each second.</summary>
    public int WrongTokensAtOnce { get; set; } = 100;

    /// <summary>The longest time that such a query takes; beyond it the answer is 400 tooMany.</summary>
    public TimeSpan MaxQueryTime { get; set; } = TimeSpan.FromSeconds(3);
}
