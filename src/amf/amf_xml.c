/* SPDX-License-Identifier: Apache-2.0 */
#include "amf/amf_xml.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "amf/amf_load.h"

/* ---- files --------------------------------------------------------------- */

static bool file_open(struct amf_load *l, const char *path, int *fd, size_t *size)
{
    struct stat st;

    /* O_NONBLOCK: a fifo in the place of a file is refused, not waited for. */
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0)
        return amf_fail_plain(l, "%s: cannot read: %s, expected a model file", path,
                              strerror(errno));
    if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= AMF_XML_MAX_BYTES) {
        *size = (size_t)st.st_size;
        return true;
    }
    close(*fd);
    return amf_fail_plain(l, "%s: not a plain file of at most %d bytes, expected XML",
                          path, AMF_XML_MAX_BYTES);
}

/* Reads until size bytes are there or the file ends earlier (it may have been cut
 * meanwhile); the count, or -1 with errno. */
static ssize_t read_fully(int fd, char *buf, size_t size)
{
    size_t used = 0;
    ssize_t n;

    while (used < size) {
        n = read(fd, buf + used, size - used);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        used += (size_t)n;
    }
    return (ssize_t)used;
}

static char *file_read(struct amf_load *l, const char *path, size_t *used)
{
    size_t size = 0;
    ssize_t n;
    char *buf;
    int fd;

    if (!file_open(l, path, &fd, &size))
        return NULL;
    buf = malloc(size + 1);
    n = buf ? read_fully(fd, buf, size) : -1;
    if (n < 0) {
        amf_fail_plain(l, "%s: cannot read: %s", path, strerror(errno));
        free(buf);
        buf = NULL;
    }
    close(fd);
    *used = n < 0 ? 0 : (size_t)n;
    return buf;
}

/* ---- parsing ------------------------------------------------------------- */

struct parse {
    struct amf_load *load;
    const char *path;
    bool failed;
};

/* The first error says what is wrong; those after it are mostly consequences. */
static void error_keep(void *ctx, xmlErrorPtr e)
{
    struct parse *p = ((xmlParserCtxt *)ctx)->_private;
    const char *text = e->message ? e->message : "not well-formed";
    const size_t len = strcspn(text, "\n");

    if (p->failed || e->level != XML_ERR_FATAL)
        return;
    p->failed = true;
    amf_fail_plain(p->load, "%s:%d: %.*s, expected well-formed XML", p->path, e->line,
                   (int)len, text);
}

static void dtd_refuse(void *ctx, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    xmlParserCtxt *ctxt = ctx;
    struct parse *p = ctxt->_private;

    (void)external;
    (void)system;
    if (!p->failed)
        amf_fail_plain(p->load,
                       "%s:%d: <!DOCTYPE %s>: a model has no document type, "
                       "expected elements only",
                       p->path, xmlSAX2GetLineNumber(ctxt), (const char *)name);
    p->failed = true;
    xmlStopParser(ctxt);
}

static xmlDoc *text_parse(struct amf_load *l, const char *path, const char *text,
                          size_t n)
{
    struct parse p = {.load = l, .path = path};
    xmlParserCtxt *ctxt = xmlNewParserCtxt();
    xmlDoc *doc;

    if (!ctxt) {
        amf_fail_memory(l);
        return NULL;
    }
    ctxt->_private = &p;
    ctxt->sax->serror = error_keep;
    ctxt->sax->internalSubset = dtd_refuse;
    doc = xmlCtxtReadMemory(ctxt, text, (int)n, path, NULL,
                            XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                XML_PARSE_BIG_LINES);
    xmlFreeParserCtxt(ctxt);
    if (!doc && !p.failed)
        amf_fail_plain(l, "%s:1: cannot be parsed, expected well-formed XML", path);
    if (doc && p.failed) {
        xmlFreeDoc(doc);
        doc = NULL;
    }
    return doc;
}

xmlDoc *amf_xml_read(struct amf_load *l, const char *path)
{
    xmlDoc *doc;
    char *text;
    size_t n;

    text = file_read(l, path, &n);
    if (!text)
        return NULL;
    doc = text_parse(l, path, text, n);
    free(text);
    if (doc)
        doc->_private = (void *)path;
    return doc;
}

/* ---- the wrapper --------------------------------------------------------- */

static bool is_v_number(const char *attr)
{
    return attr[0] == 'v' && attr[1] && attr[1 + strspn(attr + 1, "0123456789")] == '\0';
}

static bool version_fits(const xmlNode *version)
{
    const xmlAttr *a;
    const char *value;

    for (a = version->properties; a; a = a->next) {
        value = amf_xml_attr(version, (const char *)a->name);
        if (is_v_number((const char *)a->name) && value && strcmp(value, "4.0.0") == 0)
            return true;
    }
    return false;
}

const xmlNode *amf_xml_root(struct amf_load *l, const xmlDoc *doc, const char *name)
{
    const xmlNode *root = xmlDocGetRootElement(doc), *version, *inner;

    if (!root) {
        amf_fail_plain(l, "%s:1: no element, expected <%s>", (const char *)doc->_private,
                       name);
        return NULL;
    }
    if (strcmp(amf_xml_name(root), name) == 0)
        return root;
    if (strcmp(amf_xml_name(root), "openClovisAsp") != 0) {
        amf_fail(l, root, "not a model, expected <openClovisAsp> or <%s>", name);
        return NULL;
    }
    AMF_XML_EACH(version, root, "version")
    if (version_fits(version))
        break;
    if (!version) {
        amf_fail(l, root, "no version that is known, expected <version v0=\"4.0.0\">");
        return NULL;
    }
    inner = amf_xml_child(version, name);
    if (!inner)
        amf_fail(l, version, "no content, expected <%s>", name);
    return inner;
}

/* ---- elements ------------------------------------------------------------ */

const char *amf_xml_file(const xmlNode *el)
{
    return el->doc->_private;
}

const char *amf_xml_name(const xmlNode *el)
{
    /* An undeclared prefix stays part of the name. */
    const char *name = (const char *)el->name, *colon = strchr(name, ':');

    return colon ? colon + 1 : name;
}

static const xmlNode *first_from(const xmlNode *el, const char *name)
{
    for (; el; el = el->next)
        if (el->type == XML_ELEMENT_NODE && strcmp(amf_xml_name(el), name) == 0)
            return el;
    return NULL;
}

const xmlNode *amf_xml_child(const xmlNode *parent, const char *name)
{
    return parent ? first_from(parent->children, name) : NULL;
}

const xmlNode *amf_xml_next(const xmlNode *el, const char *name)
{
    return first_from(el->next, name);
}

const char *amf_xml_attr(const xmlNode *el, const char *name)
{
    const xmlAttr *a = xmlHasProp(el, (const xmlChar *)name);

    if (!a)
        return NULL;
    /* Without a document type an attribute holds at most one text node. */
    return a->children && a->children->content ? (const char *)a->children->content : "";
}

char *amf_xml_text(const xmlNode *el)
{
    xmlChar *content = xmlNodeGetContent(el);
    const char *start = (const char *)content, *end;
    char *text;

    if (!content)
        return NULL;
    while (isspace((unsigned char)*start))
        start++;
    end = start + strlen(start);
    while (end > start && isspace((unsigned char)end[-1]))
        end--;
    text = strndup(start, (size_t)(end - start));
    xmlFree(content);
    return text;
}

bool amf_xml_number(struct amf_load *l, const xmlNode *at, const char *attr,
                    const char *text, uint32_t *out)
{
    const char *eq = attr ? "=" : "";
    char *end;
    long n;

    errno = 0;
    n = strtol(text, &end, 10);
    if (end == text || errno || n < 0 || n > AMF_XML_NUMBER_MAX)
        return amf_fail(l, at, "%s%s\"%s\", expected a whole number from 0 to %d",
                        attr ? attr : "", eq, text, AMF_XML_NUMBER_MAX);
    *out = (uint32_t)n;
    if (*end)
        return amf_warn(l, at, "%s%s\"%s\" counts as %ld, expected only digits",
                        attr ? attr : "", eq, text, n);
    return true;
}
